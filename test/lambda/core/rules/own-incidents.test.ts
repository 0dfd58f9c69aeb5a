import { assign } from "../../../../lambda/core/incident/assign.ts";
import { hasOwnIncidents } from "../../../../lambda/core/rules/rule.ts";
import { everyCall, NOW } from "../../../support/desk-pipeline.ts";
import { logKey, record } from "../../../support/log-files.ts";

test.each([
  ["without a group", undefined, false],
  ["by the caller", { by: ["actor"] }, false],
  ["by the caller, in one account", { by: ["actor"], acrossAccounts: false }, false],
  ["by the caller, over all accounts", { by: ["actor"], acrossAccounts: true }, true],
  ["over all accounts", { acrossAccounts: true }, true],
  ["by an address", { by: ["sourceIPAddress"] }, true],
  ["by the caller and an address", { by: ["actor", "sourceIPAddress"] }, true],
] as const)("a rule %s has incidents of its own where the ledger makes some", (_, group, isOwn) => {
  const rule = everyCall("high", group && { group });
  const logObject = { bucket: "trail-bucket", key: logKey("one") };
  const { records } = assign({ record: record(), logObject, rules: [rule], preceding: [] }, NOW);
  expect(hasOwnIncidents(rule)).toBe(isOwn);
  expect(records.map(({ incident }) => incident.rule)).toEqual([isOwn ? rule.name : undefined]);
});
