import { type Deployment, watchPrefix } from "../../lambda/core/rules/self.ts";
import type { Pattern } from "./own-deployment.ts";
import type { TopicTest } from "./watched-calls.ts";

/** The names of a deployment and of its own watch. */
export interface OwnNames extends Deployment {
  readonly deadLetterQueueName: string;
  /** The role that the watch publishes with, and the one that its guard publishes with. */
  readonly watchRoleName: string;
  readonly guardRoleName: string;
  /** The topics of ways. */
  readonly wayTopics: readonly TopicTest[];
}

/** The rule that watches the watch. */
export function guardName(stackName: string): string {
  return `${watchPrefix(stackName)}guard`;
}

/** The stack that forwards IAM's calls from where they surface; it is named after the stack that it serves. */
export function iamWatchName(stackName: string): string {
  return `${stackName}Iam`;
}

/**
 * How the names begin that CloudFormation makes for the roles of a stack. Of one that would have more than 64 characters it
 * keeps the first 25 of the stack's name, which no page of AWS says.
 */
export function rolesOfStack(stackName: string): Pattern {
  return { prefix: inAnyCase(stackName.length < 25 ? `${stackName}-` : stackName.slice(0, 25)) };
}

/** A name that IAM accepts in any case. */
export function inAnyCase(name: string): Pattern {
  return { "equals-ignore-case": name };
}

/** Source: Lambda API Reference, "FunctionName": every part of the ARN before the name may be left out. */
export function functionsNamed(own: OwnNames): readonly unknown[] {
  return functionsOf(own).flatMap((name) => [
    name,
    { suffix: `:${name}` },
    { prefix: `${name}:` },
    { wildcard: `*:${name}:*` },
  ]);
}

/** The functions by ARN, with or without a version or an alias. */
export function functionArns(own: OwnNames): readonly unknown[] {
  return functionsOf(own).flatMap((name) => [{ suffix: `:${name}` }, { wildcard: `*:${name}:*` }]);
}

function functionsOf(own: OwnNames): readonly string[] {
  return [own.functionName, own.tickFunctionName];
}

/** The log groups by name or by ARN, which may end in `:*`. */
export function logsNamed(own: OwnNames): readonly unknown[] {
  return [own.functionLogGroup, own.tickLogGroup].flatMap((name) => [
    name,
    { suffix: `:${name}` },
    { suffix: `:${name}:*` },
  ]);
}

/** Texts that begin with one of these. */
export function startingWith(...beginnings: readonly string[]): readonly unknown[] {
  return beginnings.map((prefix) => ({ prefix }));
}

/** One of these fields. */
export function anyOf(fields: Pattern): Pattern {
  return { $or: Object.entries(fields).map(([field, values]) => ({ [field]: values })) };
}
