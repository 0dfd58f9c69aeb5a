import { strangersIn } from "../../../lambda/core/alert/strangers.ts";
import { record } from "../../support/log-files.ts";

const KNOWN = { accounts: ["444455556666"] };
const layer = (account: string) => `arn:aws:lambda:us-east-1:${account}:layer:x:1`;

test.each([
  [
    { layers: [layer("111122223333"), layer("444455556666"), layer("999999999999")] },
    ["account 999999999999 (in layers)"],
  ],
  [
    { createVolumePermission: { add: { items: [{ userId: "111122223333" }, { userId: "999999999999" }] } } },
    ["account 999999999999 (in createVolumePermission add userId)"],
  ],
  [
    { userIds: ["999999999991", "999999999992", "999999999993", "999999999994"] },
    [
      "account 999999999991 (in userIds)",
      "account 999999999992 (in userIds)",
      "account 999999999993 (in userIds)",
      "and 1 more",
    ],
  ],
  [{ "a\nWho      root": { b: "999999999999" } }, ['account 999999999999 (in "a\\u{a}Who root" b)']],
  [
    { principal: { dataLakePrincipalIdentifier: "999999999999:IAMPrincipals" } },
    ["account 999999999999 (in principal dataLakePrincipalIdentifier)"],
  ],
  [{ note: "call 999999999999 back", count: 12 }, []],
  [null, []],
])("the foreign accounts that %j names are told, whatever stands in front of them", (requestParameters, expected) => {
  expect(strangersIn(record({ eventSource: "lambda.amazonaws.com", requestParameters }), KNOWN)).toEqual(expected);
});

test("deep and wide parameters are looked at within bounds", () => {
  const deep = JSON.parse(`${'{"a":'.repeat(200)}"999999999999"${"}".repeat(200)}`);
  expect(strangersIn(record({ requestParameters: deep }), KNOWN)).toEqual([]);
  const wide = { list: Array.from({ length: 100_000 }, () => "x"), last: "999999999999" };
  expect(strangersIn(record({ requestParameters: wide }), KNOWN)).toEqual([]);
});

test("accounts of an organization are no strangers where its own calls name them, nor what is told in words", () => {
  const requestParameters = { accountId: "999999999999" };
  expect(strangersIn(record({ eventSource: "organizations.amazonaws.com", requestParameters }), KNOWN)).toEqual([]);
  expect(strangersIn(record({ requestParameters }), KNOWN, new Set(["accountId"]))).toEqual([]);
});
