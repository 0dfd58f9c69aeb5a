import fc from "fast-check";
import type { CloudTrailRecord } from "../../../../../lambda/core/record/record.ts";
import { policiesOf } from "../../../../../lambda/core/rules/policy/document.ts";
import { runs } from "../../../../support/runs.ts";
import { called, FOREIGN, KNOWN, OWN, OWN_ORGANIZATION, variable, verdictOf } from "./verdict.ts";

type Json = { readonly [name: string]: unknown };

const ACCOUNTS = [OWN, KNOWN, FOREIGN, "*"];
const PRINCIPALS: readonly Json[] = [
  ...ACCOUNTS.map((account) => ({ AWS: account })),
  ...ACCOUNTS.map((account) => ({ AWS: `arn:aws:iam::${account}:root` })),
  { AWS: "AROAEXAMPLEID0000000A" },
  { Service: "sns.amazonaws.com" },
  { Federated: `arn:aws:iam::${OWN}:oidc-provider/token.actions.githubusercontent.com` },
  { CanonicalUser: "79a59df900b949e5" },
];
const ACTIONS = ["*", "s3:GetObject", "iam:*", "iam:PassRole", "lambda:Create*", "sts:AssumeRole", "sso:*"];
const RESOURCES = [
  "*",
  "arn:aws:s3:::photos/*",
  "arn:aws:iam::*:role/*",
  `arn:aws:iam::*:user/${variable("aws:username")}`,
];
const KEYS: { readonly [key: string]: readonly string[] } = {
  "aws:PrincipalAccount": [OWN, FOREIGN, "*"],
  "aws:PrincipalOrgID": [OWN_ORGANIZATION, "o-foreign567", "*"],
  "aws:SourceArn": [`arn:aws:sns:*:${OWN}:*`, "arn:aws:s3:::logs", "*"],
  "aws:SourceIp": ["192.0.2.0/24", "0.0.0.0/0"],
  "aws:PrincipalTag/team": ["data"],
  "token.actions.githubusercontent.com:sub": ["repo:acme/*", "repo:*"],
};
const OPERATORS = ["StringEquals", "StringLike", "ArnLike", "IpAddress", "StringNotEquals", "StringLikeIfExists"];

const listOf = (values: readonly string[]) => fc.subarray([...values], { minLength: 1 });

const condition = fc.dictionary(
  fc.constantFrom(...OPERATORS, "ForAllValues:StringLike", "ForAnyValue:StringEquals"),
  fc
    .subarray(Object.keys(KEYS), { minLength: 1, maxLength: 2 })
    .chain((keys) => fc.record(Object.fromEntries(keys.map((key) => [key, listOf(KEYS[key] ?? [])] as const)))),
  { maxKeys: 2 },
);

const principals = fc.subarray([...PRINCIPALS], { minLength: 1, maxLength: 4 }).map((some) => {
  const byKind: { [kind: string]: unknown[] } = {};
  for (const [kind, text] of some.flatMap((one) => Object.entries(one))) byKind[kind] = [...(byKind[kind] ?? []), text];
  return byKind;
});

const statement: fc.Arbitrary<Json> = fc
  .record({
    Effect: fc.constantFrom("Allow", "Allow", "Allow", "Deny"),
    principal: fc.option(fc.tuple(fc.constantFrom("Principal", "Principal", "NotPrincipal"), principals)),
    action: fc.tuple(fc.constantFrom("Action", "Action", "NotAction"), listOf(ACTIONS)),
    Resource: listOf(RESOURCES),
    Condition: fc.option(condition),
  })
  .map(({ principal, action: [action, actions], Effect, Resource, Condition }) => ({
    Effect,
    [action]: actions,
    Resource,
    ...(principal !== null && { [principal[0]]: principal[1] }),
    ...(Condition !== null && { Condition }),
  }));

const statements = fc.array(statement, { minLength: 1, maxLength: 4 });

/** A policy as the text of a call that must carry one. */
function recordOf(policy: unknown, spelled: (text: string) => string = (text) => text): CloudTrailRecord {
  return called("iam:PutRolePolicy", { policyDocument: spelled(JSON.stringify(policy)) });
}

const policyOf = (all: readonly unknown[]) => ({ Version: "2012-10-17", Statement: all });

const SPELLINGS: { readonly [how: string]: (policy: ReturnType<typeof policyOf>) => unknown } = {
  "single values for lists of one": mapped((value) => (Array.isArray(value) && value.length === 1 ? value[0] : value)),
  "lists of one for single values": mapped((value) => (typeof value === "string" ? [value] : value), isListable),
  "a list of objects for principals": ({ Statement, ...rest }) => ({
    ...rest,
    Statement: Statement.map((one) => withPrincipals(one as Json, apart)),
  }),
  "texts for principals of AWS": ({ Statement, ...rest }) => ({
    ...rest,
    Statement: Statement.map((one) => withPrincipals(one as Json, ({ AWS, ...others }) => [AWS ?? [], others].flat())),
  }),
  "names in upper case": named((name) => name.toUpperCase()),
  "names in lower case, with space": named((name) => ` ${name.toLowerCase()}`),
  "statements the other way round": ({ Statement, ...rest }) => ({ ...rest, Statement: [...Statement].reverse() }),
  "elements the other way round": mapped((value) =>
    isJson(value) ? Object.fromEntries(Object.entries(value).reverse()) : value,
  ),
};

const WRITINGS: { readonly [how: string]: (text: string) => string } = {
  indented: (text) => JSON.stringify(JSON.parse(text), null, "\t"),
  "with lines around it": (text) => `\r\n ${text} \n`,
  "with escapes for letters": (text) => text.replace(/[a-z*]/gi, (letter, at) => (at % 2 ? letter : escaped(letter))),
  "as a text in a text": (text) => JSON.stringify(text),
  "with escaped quotes": (text) => JSON.stringify(text).slice(1, -1),
  "URL-encoded": encodeURIComponent,
  "URL-encoded letter by letter": (text) =>
    [...text].map((letter) => `%${letter.charCodeAt(0).toString(16).padStart(2, "0")}`).join(""),
};

test.each(Object.entries(SPELLINGS))("%s change no verdict", (_, spelled) => {
  fc.assert(
    fc.property(statements, (all) => {
      const policy = policyOf(all);
      expect(verdictOf(recordOf(spelled(policy)))).toBe(verdictOf(recordOf(policy)));
    }),
    { numRuns: runs(1_000, 50) },
  );
});

test.each(Object.entries(WRITINGS))("a policy %s is the same policy", (_, written) => {
  fc.assert(
    fc.property(statements, (all) => {
      const policy = policyOf(all);
      expect(verdictOf(recordOf(policy, written))).toBe(verdictOf(recordOf(policy)));
    }),
    { numRuns: runs(500) },
  );
});

test("statements in any order have the same verdict", () => {
  const orders = statements.chain((all) =>
    fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length })),
  );
  fc.assert(
    fc.property(orders, ([all, shuffled]) => {
      expect(verdictOf(recordOf(policyOf(shuffled)))).toBe(verdictOf(recordOf(policyOf(all))));
    }),
    { numRuns: runs(1_000, 50) },
  );
});

test("whatever statement is added, what was so stays so", () => {
  const anything = fc.oneof(statement, fc.jsonValue());
  fc.assert(
    fc.property(statements, fc.array(anything, { minLength: 1, maxLength: 3 }), fc.nat(), (all, more, at) => {
      const added = [...all.slice(0, at % 5), ...more, ...all.slice(at % 5)];
      const [before, after] = [all, added].map((some) => verdictOf(recordOf(policyOf(some))).split(", "));
      for (const verdict of before ?? []) if (verdict !== "") expect(after).toContain(verdict);
    }),
    { numRuns: runs(2_000, 50) },
  );
});

test("a Deny beside them changes nothing", () => {
  fc.assert(
    fc.property(statements, statement, (all, one) => {
      const denying = { ...one, Effect: "Deny" };
      expect(verdictOf(recordOf(policyOf([denying, ...all])))).toBe(verdictOf(recordOf(policyOf(all))));
    }),
    { numRuns: runs(1_000, 50) },
  );
});

test("a verdict is the sum of those of its statements, but for what takes two", () => {
  fc.assert(
    fc.property(statements, (all) => {
      const alone = all.map((one) => verdictOf(recordOf(policyOf([one])))).flatMap((verdict) => verdict.split(", "));
      const together = verdictOf(recordOf(policyOf(all))).split(", ");
      const takesTwo = (verdict: string) => verdict === "escalation" || verdict === "";
      expect(new Set(together.filter((one) => !takesTwo(one)))).toEqual(new Set(alone.filter((one) => !takesTwo(one))));
    }),
    { numRuns: runs(1_000, 50) },
  );
});

const NAMES = [
  ...[
    "Statement",
    "Version",
    "Effect",
    "Principal",
    "NotPrincipal",
    "AWS",
    "Action",
    "NotAction",
    "Resource",
    "Condition",
  ],
  ...["policy", "policyArn", "x-amz-acl", "x-amz-grant-read", "AccessControlPolicy", "Grant", "Grantee", "URI"],
  ...[
    "principal",
    "principals",
    "condition",
    "key",
    "statements",
    "attributeName",
    "toString",
    "__proto__",
    "StringLike",
  ],
];
const TEXTS = [
  "*",
  "Allow",
  "2012-10-17",
  "Policy",
  "{",
  "%7B",
  "[[",
  '"',
  "%",
  "${",
  "arn:aws:iam::*:root",
  "public-read",
];

/** Any JSON, of names and texts that mean something here. */
const odd = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 6, withCrossShrink: true },
    fc.oneof(fc.constantFrom(...TEXTS), fc.jsonValue({ maxDepth: 2 })),
    fc.array(tie("value"), { maxLength: 4 }),
    fc.dictionary(fc.constantFrom(...NAMES), tie("value"), { maxKeys: 5 }),
    tie("value").map((value) => JSON.stringify(value)),
  ),
})).value;

test("whatever parameters are, they are judged, and the same each time", () => {
  const calls = fc.constantFrom("s3:PutBucketPolicy", "sns:AddPermission", "kms:CreateGrant", "iam:AttachUserPolicy");
  fc.assert(
    fc.property(calls, odd, odd, (call, requestParameters, responseElements) => {
      const record = { ...called(call, requestParameters), responseElements };
      expect(verdictOf(structuredClone(record))).toBe(verdictOf(record));
    }),
    { numRuns: runs(5_000, 50) },
  );
});

test("of no record more than 1,000 statements are read", () => {
  const many = Array.from({ length: 700 }, () => ({ Effect: "Allow", Principal: "*", Action: "s3:*" }));
  const record = called("x:Y", { a: policyOf(many), b: policyOf(many), c: JSON.stringify(policyOf(many)) });
  const read = policiesOf(record).flatMap(({ statements: of }) => of ?? []);
  expect(read.length).toBe(1_000);
  expect(verdictOf(record)).toBe("everyone, unreadable");
});

function isJson(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function escaped(letter: string): string {
  return `\\u${letter.charCodeAt(0).toString(16).padStart(4, "0")}`;
}

/** Elements that may be one value or a list: all but Effect, Version and the names of kinds. */
function isListable(name: string): boolean {
  return name !== "Effect" && name !== "Version";
}

function mapped(
  change: (value: unknown) => unknown,
  isMeant: (name: string) => boolean = () => true,
): (value: unknown) => unknown {
  const inner = (value: unknown): unknown => {
    if (Array.isArray(value)) return change(value.map((one) => (typeof one === "string" ? one : inner(one))));
    if (!isJson(value)) return change(value);
    return change(
      Object.fromEntries(Object.entries(value).map(([name, of]) => [name, isMeant(name) ? inner(of) : of])),
    );
  };
  return inner;
}

function named(change: (name: string) => string): (value: unknown) => unknown {
  const inner = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(inner);
    if (!isJson(value)) return value;
    return Object.fromEntries(Object.entries(value).map(([name, of]) => [change(name), inner(of)]));
  };
  return inner;
}

function withPrincipals(one: Json, change: (principal: Json) => unknown): Json {
  return Object.fromEntries(
    Object.entries(one).map(([name, of]) => [name, /principal$/i.test(name) && isJson(of) ? change(of) : of]),
  );
}

function apart(principal: Json): unknown {
  return Object.entries(principal).flatMap(([kind, texts]) => [texts].flat().map((text) => ({ [kind]: text })));
}
