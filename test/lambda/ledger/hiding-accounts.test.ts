import { MUTES } from "../../../lambda/core/mute/mute.ts";
import type { Rule } from "../../../lambda/core/rules/rule.ts";
import { everyCall, NOW, type TestDesk, testDesk } from "../../support/desk-pipeline.ts";
import { ACCOUNT, logKey, record } from "../../support/log-files.ts";

const MINUTE = 60_000;
const OTHER = "444455556666";
const ROUTES = { routes: [{ name: "sandbox", accounts: [OTHER] }] };

const wait = ({ desk }: TestDesk, minutes: number) => desk.advanceTo(desk.now() + minutes * MINUTE);
const organizationKey = (name: string, account = ACCOUNT) =>
  logKey(name).replace("AWSLogs/", "AWSLogs/o-exampleorgid/").replaceAll(ACCOUNT, account);
const told = ({ alerts }: TestDesk) => alerts.map(({ subject, route }) => [subject, route]);

const mallory = {
  type: "IAMUser",
  arn: `arn:aws:iam::${OTHER}:user/mallory`,
  userName: "mallory",
  accountId: OTHER,
};
const elsewhere = { recipientAccountId: OTHER, userIdentity: mallory };
const real = { requestParameters: { userName: "the-real-one" } };
/** What somebody may write below his own account's path of an organization. */
const below = { resources: [{ accountId: OTHER, ARN: `arn:aws:iam::${OTHER}:role/any` }] };

/** Rules with an incident of several accounts, told at once or by a threshold. */
const ACROSS: readonly Partial<Rule>[] = [
  { group: { by: ["sourceIPAddress"], acrossAccounts: true } },
  { group: { by: ["sourceIPAddress"], acrossAccounts: true }, threshold: { count: 1, within: MINUTE } },
];

test.each(ACROSS)("a mute of one account holds for no incident that is of others too", async (more) => {
  const desk = testDesk([everyCall("high", more)]);
  await desk.desk.advanceTo(NOW);
  const mute = { id: "0a1b2c3d", of: { rule: "every-call", account: OTHER }, reason: "a trial", by: "carol" };
  const body = { mutes: [{ ...mute, at: NOW, until: NOW + 60 * MINUTE, isAnnounced: true }] };
  await desk.store.commit([{ key: MUTES, expected: 0, next: { body } }]);
  await desk.deliver(
    [record({ ...elsewhere, resources: [{ accountId: ACCOUNT }] }), record(real)],
    organizationKey("one"),
  );
  await wait(desk, 20);
  expect(told(desk).join()).toContain("the-real-one");
});

test.each(ACROSS)(
  "a route of some accounts takes no alert that is of others too; the subject names where",
  async (more) => {
    const desk = testDesk([everyCall("critical", more)], ROUTES);
    await desk.deliver([record(elsewhere)], organizationKey("one", OTHER));
    await wait(desk, 3);
    await desk.deliver([record(real)], organizationKey("two"));
    await wait(desk, 3);
    expect(told(desk).slice(1)).toEqual([[expect.stringMatching(/ in prod .*the-real-one/), undefined]]);
  },
);

test("what another account of the organization has of the same call takes nothing from a high one", async () => {
  const desk = testDesk([everyCall("high")], ROUTES);
  const said = { ...real, sharedEventID: "twin-1" };
  await desk.deliver([record({ ...said, ...elsewhere })], organizationKey("others", OTHER));
  await desk.deliver([record({ ...said, userIdentity: mallory })], organizationKey("own"));
  await wait(desk, 1);
  expect(told(desk)).toContainEqual([expect.stringContaining("the-real-one"), undefined]);
});

test.each(["2026-11-20T21:20:00Z", "2026-11-19T20:25:00Z"])(
  "what was forged below another account's path, of %s, makes no old news of the real",
  async (eventTime) => {
    const desk = testDesk([everyCall("critical")]);
    await desk.deliver([record({ ...below, eventTime })], organizationKey("forged", OTHER));
    await wait(desk, 5);
    const [before, texts] = [desk.alerts.length, desk.texts.length];
    await desk.deliver([record()], organizationKey("real"));
    await wait(desk, 2);
    expect(desk.alerts.length).toBe(before + 1);
    expect(desk.texts.length).toBe(texts + 1);
  },
);

test("what is told late, without a text message, makes no old news of what is not", async () => {
  const desk = testDesk([everyCall("critical")]);
  await desk.deliver([record({ eventTime: "2026-11-19T20:25:09Z" })]);
  await wait(desk, 5);
  expect(desk.texts).toEqual([]);
  await desk.deliver([record()], logKey("real"));
  await wait(desk, 2);
  expect(desk.texts).toHaveLength(1);
});

test("no number of accounts and rules that records forged below another account's path name delays a real call", async () => {
  const other = everyCall("critical", { name: "other-call", calls: ["kms:*"] });
  const desk = testDesk([everyCall("critical", { calls: ["iam:*"] }), other]);
  const forged = (from: number, count: number) =>
    Array.from({ length: count }, (_, i) => {
      const account = `${from + i}`;
      const userIdentity = { type: "IAMUser", arn: `arn:aws:iam::${account}:user/eve`, userName: "eve" };
      const eventSource = i % 2 === 0 ? "iam.amazonaws.com" : "kms.amazonaws.com";
      return record({ ...below, recipientAccountId: account, userIdentity, eventSource });
    });
  await desk.deliver(forged(200_000_000_000, 600), organizationKey("forged", OTHER));
  await desk.deliver([record(real)], organizationKey("real"));
  await wait(desk, 2);
  expect(desk.alerts.map(({ email }) => email).join("\n")).toContain("the-real-one");
  // Those that are too many share an incident, and lines of several accounts name theirs.
  await wait(desk, 2);
  await desk.deliver(forged(300_000_000_000, 3), organizationKey("more", OTHER));
  await wait(desk, 2);
  expect(desk.alerts.at(-1)?.email).toMatch(/ on bob by user\/eve in 30000000000[12]\b/);
});

test.each([false, true])(
  "no number of critical rules met in one account of an organization takes the text of another's call, forged: %s",
  async (isForged) => {
    const rules = Array.from({ length: 12 }, (_, i) =>
      everyCall("critical", { name: `rule-${i}`, calls: [`service${i}:*`] }),
    );
    const desk = testDesk(rules);
    const call = (i: number, recipientAccountId: string) => {
      const userIdentity = { type: "IAMUser", arn: `arn:aws:iam::${recipientAccountId}:user/u${i}`, userName: `u${i}` };
      const more = isForged ? below : {};
      return record({ ...more, eventSource: `service${i}.amazonaws.com`, userIdentity, recipientAccountId });
    };
    for (let i = 0; i < 12; i++) {
      await desk.deliver([call(i, isForged ? `${200_000_000_000 + i}` : OTHER)], organizationKey(`decoy-${i}`, OTHER));
      await wait(desk, 2);
    }
    expect(desk.texts).toHaveLength(8);
    expect(desk.texts.map((text) => / NO SMS .*TILL/.test(text))).toEqual([...Array(7).fill(false), true]);
    expect(desk.texts[7]).toMatch(/^CRIT rule-7 ok: .* NO SMS OF 444455556666 TILL 22:29Z #[0-9a-f]{8}$/);
    expect(desk.texts[7]?.length).toBeLessThanOrEqual(160);
    expect(desk.alerts.at(-1)?.email).toMatch(
      /^No text message came with this alert: the limit of text messages of account 444455556666 is reached until 22:29 UTC\.\n/,
    );
    await desk.deliver([record({ ...real, eventSource: "service3.amazonaws.com" })], organizationKey("real"));
    await wait(desk, 2);
    expect(desk.texts.slice(8)).toEqual([expect.stringContaining("the-real-one")]);
  },
);

test.each(ACROSS)("calls in more accounts than a mail has lines are told with their accounts", async (more) => {
  const desk = testDesk([everyCall("critical", more)]);
  const accounts = Array.from({ length: 60 }, (_, i) => `${444455550000 + i}`);
  await desk.deliver(
    accounts.map((recipientAccountId) => record({ recipientAccountId, resources: [{ accountId: OTHER }] })),
    organizationKey("one", OTHER),
  );
  await wait(desk, 2);
  const mail = desk.alerts.map(({ email }) => email).join("\n");
  expect(mail).toMatch(/ "other calls" ok on "iam:CreateAccessKey bob in 4444555500\d\d", /);
  const lines = desk.alerts.flatMap(({ json }) => JSON.parse(json).lines);
  const named = JSON.stringify(lines.map(({ accountId, targets }) => [accountId, targets]));
  expect(accounts.filter((account) => !named.includes(account))).toEqual([]);
});
