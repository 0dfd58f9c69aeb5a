import { parse } from "yaml";
import { readDeskSettings } from "../../../lib/settings.ts";
import { alertsOf, everyCall } from "../../support/desk-pipeline.ts";
import { ACCOUNT, record } from "../../support/log-files.ts";

const OTHERS = ["999999999991", "999999999992", "999999999993", "999999999994"];

const asks = everyCall("high", {
  pattern: { requestParameters: { userIds: [{ account: "foreign" }] } },
});

const mailAbout = async (userIds: readonly string[], rule = asks, known = { accounts: [] as string[] }) => {
  const { alerts } = await alertsOf([record({ requestParameters: { userIds } })], {
    rules: [rule],
    settings: { known },
  });
  return alerts[0]?.email ?? "";
};

const forGoodIn = (email: string) => /\nFor good (.*)\n {9}(accounts: .*)\n/.exec(email)?.slice(1);

test("a mail about a foreign account says which line of the settings makes it a known one", async () => {
  const [when, line = ""] = forGoodIn(await mailAbout([ACCOUNT, ...OTHERS.slice(0, 1)])) ?? [];
  expect(when).toBe(
    "only once you know that 999999999991 is yours or a partner's: write this into trailbell.config.yaml and deploy",
  );
  expect(parse(line)).toEqual({ accounts: { 999999999991: "partner" } });
  const settings = readDeskSettings("no-such-file.yaml", (name) =>
    name === "accounts"
      ? Object.entries(parse(line).accounts)
          .map((one) => one.join("="))
          .join(",")
      : undefined,
  );
  expect(settings.accounts).toEqual({ 999999999991: "partner" });
});

test("of many accounts it names three, and counts the rest", async () => {
  const [when, line = ""] = forGoodIn(await mailAbout(OTHERS)) ?? [];
  expect(when).toContain(" that 999999999991, 999999999992, 999999999993 and 1 more are yours");
  expect(Object.keys(parse(line).accounts)).toEqual(OTHERS.slice(0, 3));
});

test("it finds the account in a policy's text, and the caller's", async () => {
  const policy = everyCall("high", { calls: ["*:*"], policy: { opensTo: ["foreign-account"] } });
  const Principal = { AWS: "arn:aws:iam::999999999991:root" };
  const bucketPolicy = JSON.stringify({ Statement: [{ Effect: "Allow", Principal, Action: "s3:*", Resource: "*" }] });
  const caller = everyCall("high", { pattern: { userIdentity: { accountId: [{ account: "foreign" }] } } });
  const userIdentity = { type: "AWSAccount", accountId: "999999999991" };
  for (const [rule, fields] of [
    [policy, { eventSource: "s3.amazonaws.com", eventName: "PutBucketPolicy", requestParameters: { bucketPolicy } }],
    [caller, { userIdentity }],
  ] as const) {
    const { alerts } = await alertsOf([record(fields)], { rules: [rule] });
    expect(forGoodIn(alerts[0]?.email ?? "")?.[1]).toBe('accounts: { "999999999991": partner }');
  }
});

test("a rule that does not ask whose an account is has no such row, nor has an account that the settings name", async () => {
  expect(await mailAbout(OTHERS, everyCall("high"))).not.toContain("\nFor good");
  const one = await mailAbout(OTHERS.slice(0, 2), asks, { accounts: OTHERS.slice(0, 1) });
  expect(forGoodIn(one)?.[1]).toBe('accounts: { "999999999992": partner }');
});
