import { Stack, Token } from "aws-cdk-lib";
import type { IConstruct } from "constructs";
import type { Recipient } from "../lambda/core/health/subscriptions.ts";
import { isObject } from "../lambda/core/record/record.ts";
import { type Settings, SettingsError } from "./settings.ts";

/** What stands for values that are known at the deployment only, while the others are checked. */
const STAND_INS = {
  source: "known-at-deployment",
  emails: ["known@deployment.example"],
} as const;

type Name = keyof typeof STAND_INS;

/**
 * Settings with a value of their kind for each that only the deployment knows: a parameter, a bucket of the same app.
 * `place` is what messages begin with.
 * @throws SettingsError naming the others that only the deployment knows
 */
export function withoutTokens(given: object, place: string): object {
  const unfit = Object.entries(given).filter(([name, value]) => !(name in STAND_INS) && holdsToken(value));
  if (unfit.length > 0) {
    const known = Object.keys(STAND_INS).join(" and ");
    const text = `only the deployment knows this value, and synth must: write it out. Of all settings, ${known} may refer to other resources`;
    throw new SettingsError(unfit.map(([name]) => `${place}: ${name}: ${text}`).join("\n"));
  }
  return { ...given, ...Object.fromEntries(unknownIn(given).map((name) => [name, STAND_INS[name]])) };
}

/** The settings that only the deployment knows. */
export function tokensOf(given: object): Partial<Settings> {
  return Object.fromEntries(unknownIn(given).map((name) => [name, (given as Settings)[name]]));
}

function holdsToken(value: unknown): boolean {
  if (Token.isUnresolved(value)) return true;
  return typeof value === "object" && value !== null && Object.entries(value).flat().some(holdsToken);
}

function unknownIn(given: object): readonly Name[] {
  const values = given as { readonly [name in Name]?: unknown };
  return (Object.keys(STAND_INS) as Name[]).filter((name) =>
    [values[name]].flat().some((value) => Token.isUnresolved(value)),
  );
}

/** Recipients by whether synth knows them: those go into the asset, the others into the tick's environment. */
export function byKnown(recipients: readonly Recipient[]) {
  const known = recipients.filter(({ endpoint }) => !Token.isUnresolved(endpoint));
  return { known, unknown: recipients.filter((recipient) => !known.includes(recipient)) };
}

/** A name as cdk-nag prints it: one that refers to something is that thing's logical id, in angle brackets. */
export function shownName(scope: IConstruct, name: string): string {
  const resolved: unknown = Stack.of(scope).resolve(name);
  return isObject(resolved) && typeof resolved.Ref === "string" ? `<${resolved.Ref}>` : String(resolved);
}
