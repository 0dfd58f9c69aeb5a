import { visible } from "../../lambda/core/alert/text.ts";
import { byWeight, type Finding } from "../../lambda/core/health/finding.ts";
import type { Check } from "./check.ts";
import type { DeployedStack } from "./parts.ts";

const STATE = 12;
const NAME = 22;

/** One line for each check, then each fault with its reason and its remedy, the worst first. */
export function reportText({ name, region, accountId }: DeployedStack, checks: readonly Check[]): string {
  const lines = checks.map(
    ({ check, state, says }) => `${stateText(state).padEnd(STATE)} ${check.padEnd(NAME)} ${visible(says, 400)}`,
  );
  const findings = checks
    .flatMap((check) => check.findings)
    .toSorted(byWeight)
    .map((finding, i) => findingText(finding, i + 1));
  return `${[`${name}, ${accountId}, ${region}`, lines.join("\n"), ...findings].join("\n\n")}\n`;
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
    `${number}. ${head}  ${check}: ${visible(what, 500)}`,
    ...(why === undefined ? [] : [`   Why  ${visible(why, 500)}`]),
    `   Do   ${visible(remedy, 1500)}`,
  ].join("\n");
}

function plain({ state, what, why, remedy, isUnread }: Finding) {
  return { state: isUnread ? "not checked" : state, what, why: why ?? null, remedy };
}
