import type { CloudTrailRecord } from "../../../../../lambda/core/record/record.ts";
import { bucket, called, FOREIGN, identity, OWN, trust, under, verdictOf } from "./verdict.ts";

const listOf = <T>(length: number, element: (i: number) => T): T[] => Array.from({ length }, (_, i) => element(i));
const objectOf = (length: number, entry: (i: number) => readonly [string, unknown]) =>
  Object.fromEntries(listOf(length, entry));
const account = (i: number) => String(200_000_000_000 + i);
const key = (policy: string) => called("kms:PutKeyPolicy", { policy });
const GITHUB = "token.actions.githubusercontent.com";

/**
 * Each takes well below a second, where products of what a record holds would take minutes. What is larger than any record
 * of CloudTrail is told as unreadable.
 */
test.each<[string, string, () => CloudTrailRecord]>([
  [
    "1,300 principals under 1,300 keys that nobody knows",
    "foreign-account",
    () =>
      bucket({
        Principal: { AWS: listOf(1_300, account) },
        Condition: { Bool: objectOf(1_300, (i) => [`x:${i}`, "y"]) },
      }),
  ],
  [
    "3,000 principals under 3,000 spellings of one key",
    "foreign-account",
    () =>
      bucket({
        Principal: { AWS: listOf(3_000, account) },
        Condition: objectOf(60, (i) => [
          `${" ".repeat(i)}StringLike`,
          objectOf(50, (j) => [`${" ".repeat(j)}aws:SourceVpc`, "vpc-1"]),
        ]),
      }),
  ],
  [
    "7,000 principals under 7,000 accounts of which the last is foreign",
    "foreign-account",
    () =>
      bucket({
        Principal: { AWS: listOf(7_000, account) },
        Condition: { StringEquals: { "aws:PrincipalAccount": [...listOf(7_000, () => OWN), FOREIGN] } },
      }),
  ],
  [
    "3,000 providers under a claim of each",
    "",
    () =>
      trust({
        Principal: { Federated: listOf(3_000, (i) => `arn:aws:iam::${OWN}:oidc-provider/h${i}.org`) },
        Condition: { StringLike: objectOf(3_000, (i) => [`h${i}.org:sub`, "x*"]) },
      }),
  ],
  [
    "one provider 1,000 times under 1,000 repositories",
    "federated",
    () =>
      trust({
        Principal: { Federated: listOf(1_000, () => `arn:aws:iam::${OWN}:oidc-provider/${GITHUB}`) },
        Condition: { StringLike: { [`${GITHUB}:sub`]: [...listOf(1_000, (i) => `repo:acme/x${i}`), "*x"] } },
      }),
  ],
  [
    "14,000 blocks of addresses",
    "network",
    () => under({ IpAddress: { "aws:SourceIp": listOf(14_000, (i) => `10.${i >> 8}.${i & 255}.0/25`) } }),
  ],
  ["14,000 actions between stars", "", () => identity({ Action: listOf(14_000, (i) => `*a*m*${i}`) })],
  ["12,000 actions of 200 wildcards", "unreadable", () => identity({ Action: listOf(12_000, () => "?*".repeat(100)) })],
  ["1,200 actions of 200 wildcards", "", () => identity({ Action: listOf(1_200, (i) => `${"?*".repeat(100)}${i}`) })],
  [
    "900 roles of 240 wildcards",
    "admin, escalation",
    () => identity({ Action: "iam:*", Resource: listOf(900, (i) => `arn:aws:iam::*:role/${"*a".repeat(120)}${i}*`) }),
  ],
  [
    "900 statements",
    "",
    () => identity(...listOf(900, (i) => ({ Action: [`*a*b*c*${i}`, "iam:Pass?ole*x", "ec2:*y"] }))),
  ],
  ["a mebibyte of brackets", "unreadable", () => key("[".repeat(2 ** 20))],
  ["lists in half a million lists", "unreadable", () => key("[".repeat(2 ** 19) + "]".repeat(2 ** 19))],
  ["objects in 100,000 objects", "unreadable", () => key(`${'{"a":'.repeat(100_000)}1${"}".repeat(100_000)}`)],
  [
    "an effect in lists of lists",
    "unreadable",
    () => key(`{"Statement":{"Effect":${"[".repeat(50_000)}${"]".repeat(50_000)},"Principal":"*","Action":"*"}}`),
  ],
  ["a text that is long", "unreadable", () => key("{".repeat(2 ** 22))],
  [
    "200,000 parameters",
    "unreadable",
    () =>
      called(
        "kms:PutKeyPolicy",
        objectOf(200_000, (i) => [`k${i}`, "{}"]),
      ),
  ],
  [
    "a parameter with a long name and 19,000 others in it",
    "unreadable",
    () => called("kms:PutKeyPolicy", { ["k".repeat(100_000)]: objectOf(19_000, (i) => [`c${i}`, "x"]) }),
  ],
  [
    "200,000 principals without document",
    "foreign-account, unreadable",
    () => called("lambda:AddPermission20150331v2", { principal: listOf(200_000, account) }),
  ],
  [
    "200,000 grants in a header",
    "unknown-caller",
    () => called("s3:PutBucketAcl", { "x-amz-grant-read": listOf(200_000, (i) => `id="${i}"`).join(",") }),
  ],
  [
    "an operator of quantifiers",
    "everyone",
    () => under({ [`${"ifexists".repeat(9_000)}x`]: { "aws:SourceIp": "x" } }),
  ],
  ["an action of question marks", "", () => identity({ Action: "?".repeat(200_000) })],
  ["a resource of variables", "", () => identity({ Action: "*", Resource: `$${"{".repeat(200_000)}` })],
])("%s are answered: %s", (_, verdict, record) => {
  expect(verdictOf(record())).toBe(verdict);
});
