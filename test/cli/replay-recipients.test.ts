import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { type Finished, run } from "../support/command.ts";
import { ACCOUNT, record } from "../support/log-files.ts";
import { thoroughTest } from "../support/runs.ts";

const PAYMENTS = "444455556666";
const START = Date.parse("2026-11-20T12:00:00Z");

/** A folder with settings, rules and a log file, in which replay is run as a process. */
function world(settings: string) {
  const folder = mkdtempSync(join(tmpdir(), "trailbell-recipients-"));
  writeFileSync(join(folder, "trailbell.config.yaml"), settings);
  writeFileSync(
    join(folder, "self-protection.yaml"),
    "rules: [{ name: topic-gone, severity: medium, calls: [sns:DeleteTopic] }]",
  );
  writeFileSync(
    join(folder, "rules.yaml"),
    `rules:
  - { name: key, severity: high, calls: [iam:CreateAccessKey] }
  - { name: user-gone, severity: critical, calls: [iam:DeleteUser] }`,
  );
  const call = (hour: number, fields: object) =>
    record({ eventTime: new Date(START + hour * 3_600_000).toISOString().replace(".000", ""), ...fields });
  const payments = {
    recipientAccountId: PAYMENTS,
    userIdentity: { type: "IAMUser", arn: `arn:aws:iam::${PAYMENTS}:user/p`, userName: "p" },
  };
  const calls = [
    call(0, {}),
    call(30, { eventName: "DeleteUser", requestParameters: { userName: "bob" } }),
    call(60, { eventSource: "sns.amazonaws.com", eventName: "DeleteTopic", requestParameters: { topicArn: "t" } }),
    call(0, payments),
    call(30, { ...payments, eventName: "DeleteUser", requestParameters: { userName: "eve" } }),
  ];
  writeFileSync(join(folder, "log.json"), JSON.stringify(calls));
  return async (...args: readonly string[]): Promise<Finished & { readonly recipients: readonly string[] }> => {
    const script = `cd "$0" && exec "$@"`;
    const files = ["log.json", "--rules", "rules.yaml,self-protection.yaml", "--alerts"];
    const own = [process.execPath, resolve(".commands/replay.mjs"), ...files, ...args];
    const finished = await run("/bin/sh", ["-c", script, folder, ...own]);
    const [, , recipients = ""] = finished.stdout.split("\n\n");
    return { ...finished, recipients: recipients.split("\n").map((line) => line.replace(/ {2,}/, ": ")) };
  };
}

test("the summary says what would have gone to whom, by every way that the settings have", async () => {
  const replay = world(`
emails: [security@example.com, ops@example.com]
endpoints: ["https://pager.example.com/integration/0123/enqueue"]
phones: ["+14155550100"]
healthSmsFrom: info
tags: { payments: ["${PAYMENTS}"] }
routes:
  - { name: payments, tags: [payments], severity: high, emails: [pay@example.com], topic: "arn:aws:sns:us-east-1:${ACCOUNT}:pager" }
  - { name: lab, accounts: ["777788889999"], emails: [lab@example.com], endpoints: ["https://lab.example.com/0123"] }
bus: central
chatFrom: critical
`);
  const { recipients, code, stderr } = await replay();
  expect({ code, stderr, recipients }).toEqual({
    code: 0,
    stderr: "",
    recipients: [
      "security@example.com: 4 mails (1 on the health topic)",
      "ops@example.com: 4 mails (1 on the health topic)",
      "endpoint pager.example.com: 4 mails (1 on the health topic)",
      "+14155550100: 3 texts (1 on the health topic)",
      "pay@example.com (route payments): 2 mails",
      `topic arn:aws:sns:us-east-1:${ACCOUNT}:pager (route payments): 2 mails`,
      "lab@example.com (route lab): 0 mails",
      "endpoint lab.example.com (route lab): 0 mails",
      "bus central: 5 events",
      "chat: 2 messages",
    ],
  });
});

thoroughTest("-c stands for a setting as for cdk deploy, and what is no setting is refused", async () => {
  const replay = world("emails: [security@example.com]\n");
  const given = await replay(
    "-c",
    "emails=a@example.com,b@example.com",
    "-c",
    "phones=+14155550100",
    "-c",
    "smsFrom=high",
  );
  expect(given.recipients).toEqual([
    "a@example.com: 6 mails (1 on the health topic)",
    "b@example.com: 6 mails (1 on the health topic)",
    "+14155550100: 4 texts",
  ]);
  // What was kept for one command line is not taken for another.
  expect((await replay()).recipients).toEqual(["security@example.com: 6 mails (1 on the health topic)"]);
  for (const [wrong, message] of [
    ["emials=a@example.com", /-c emials: no such setting/],
    ["smsFrom=loud", /-c smsFrom: /],
    ["emails", /-c is NAME=VALUE/],
  ] as const) {
    expect(await replay("-c", wrong)).toMatchObject({ code: 2, stderr: expect.stringMatching(message) });
  }
});

test("where the settings name nobody, it says so", async () => {
  expect((await world("smsFrom: high\n")()).recipients).toEqual(["nobody (the settings name no emails): 5 mails"]);
});
