import { visible } from "../../lambda/core/alert/text.ts";
import { byWeight, CHECKS, type Finding } from "../../lambda/core/health/finding.ts";
import type { Check } from "./check.ts";
import type { DeployedStack } from "./parts.ts";

const STATE = 12;
const NAME = Math.max(...CHECKS.map((check) => check.length));

/** One line for each check, then each fault with its reason and its remedy, the worst first. */
export function reportText({ name, region, accountId }: DeployedStack, checks: readonly Check[]): string {
  const lines = checks.map(
    ({ check, state, says }) => `${stateText(state).padEnd(STATE)} ${check.padEnd(NAME)} ${visible(says, 400)}`,
  );
  const findings = checks.flatMap((check) => check.findings).toSorted(byWeight);
  const texts = findings.map((finding, i) => findingText(finding, i + 1));
  const isCut = findings.some(({ what, why = "" }) =>
    [what, why].some((text) => visible(text, MAX_TEXT) !== whole(text)),
  );
  return `${[`${name}, ${accountId}, ${region}`, lines.join("\n"), ...texts, ...(isCut ? [REST] : [])].join("\n\n")}\n`;
}

/** How much of a fault and its reason is printed. */
const MAX_TEXT = 500;

const REST = "What ends in … is cut; npm run --silent doctor -- --json --no-test prints all of it.";

function whole(text: string): string {
  return visible(text, Number.POSITIVE_INFINITY);
}

/** The same for machines: one JSON object on one line. */
export function reportJson({ name, region, accountId }: DeployedStack, checks: readonly Check[]): string {
  return `${JSON.stringify({
    stack: name,
    region,
    accountId,
    isSound: isSound(checks),
    checks: checks.map(({ check, state, says, findings }) => ({ check, state, says, findings: findings.map(plain) })),
  })}\n`;
}

/** True if nothing is broken, and everything that somebody wanted to see was seen. */
export function isSound(checks: readonly Check[]): boolean {
  return !checks.some(({ state, isUnread }) => state === "broken" || isUnread);
}

function stateText(state: Check["state"]): string {
  return state === "broken" ? "BROKEN" : state;
}

function findingText({ check, state, what, why, remedy, isUnread }: Finding, number: number): string {
  const head = isUnread ? "NOT CHECKED" : state.toUpperCase();
  return [
    `${number}. ${head}  ${check}: ${visible(what, MAX_TEXT)}`,
    ...(why === undefined ? [] : [`   Why  ${visible(why, MAX_TEXT)}`]),
    // A command that lacks its end would do something else.
    `   Do   ${whole(remedy)}`,
  ].join("\n");
}

function plain({ state, what, why, remedy, isUnread }: Finding) {
  return { state: isUnread ? "not checked" : state, what, why: why ?? null, remedy };
}
