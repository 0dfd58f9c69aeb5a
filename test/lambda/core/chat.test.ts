import type { Alert } from "../../../lambda/core/alert/alert.ts";
import { inChat } from "../../../lambda/core/alert/chat.ts";
import { alertsOf, everyCall } from "../../support/desk-pipeline.ts";
import { HOSTILE } from "../../support/hostile.ts";
import { ACCOUNT, logKey, record } from "../../support/log-files.ts";
import { sampled, thoroughTest } from "../../support/runs.ts";

/** Texts that try to be more than text in Slack or in Teams. */
const HOSTILE_IN_CHATS = [
  ...HOSTILE,
  "<!channel> <!here> <!everyone>",
  "<@U0123456789> <@W0123456789> <#C0123456789>",
  "<https://evil.com|the console>",
  "[the console](https://evil.com/x_y)",
  "![x](https://evil.com/a.png)",
  "`code` ``more`` ```\nblock\n```",
  "*bold* _italic_ ~struck~ **bold** __x__",
  "\n> quoted\n# heading\n- list\n1. list\n***",
  "@channel @here @everyone <at>alice</at>",
  "&lt;!channel&gt; &#60;!here&#62; &amp;lt;",
  ":fire: :white_check_mark: \\*x\\* | a | b |",
  "<script>alert(1)</script><a href='https://evil.com'>x</a>",
  "`",
  "a`b<!channel>`c",
];

interface Message {
  readonly version: string;
  readonly source: string;
  readonly content: {
    readonly textType: string;
    readonly title: string;
    readonly description: string;
    readonly nextSteps?: readonly string[];
    readonly keywords: readonly string[];
  };
  readonly metadata: { readonly threadId: string; readonly summary: string };
}

const messageIn = ({ chat = "{}" }: Alert): Message => JSON.parse(chat);

/** What the project says itself outside of code: words, times, and a link into the console. */
const OWN_LINE =
  /^(?:(?:`[^`\n]+`)(?: (?:succeeded|failed|denied|was denied|was refused|dry run|[a-z ]+))?(?:, [\w :(),+/-]+)?|(?:Who|From|Why): `[^`\n]+`|(?:Where|What): (?:`[^`\n]+`(?:, )?)+(?:and \d+ more)?|and \d+ more(?: lines)? in the mail|https:\/\/[a-z0-9-]+\.console\.aws\.amazon\.com\/cloudtrailv2\/home\?region=[a-z0-9-]+#\/events\/[0-9a-f-]{36}|Alert [0-9a-f]{8}; the mail has all of it\.)$/;

function expectHarmless({ content, metadata }: Message): void {
  const { title, description, nextSteps = [], keywords } = content;
  expect(title).toMatch(/^(?:CRITICAL|HIGH): [\p{L}\p{N} ,'/+=-]*$/u);
  expect(title.length).toBeLessThanOrEqual(120);
  expect(metadata.summary).toBe(title);
  expect(description.length).toBeLessThanOrEqual(2_800);
  for (const line of description.split("\n")) expect(line).toMatch(OWN_LINE);
  for (const code of [description, ...nextSteps].flatMap((text) => text.match(/`[^`\n]*`/g) ?? [])) {
    expect(code.slice(1, -1)).not.toMatch(/[`<>&@\n\r]|[\p{C}\p{Zl}\p{Zp}]/u);
    expect(code.slice(1, -1).trim()).toBe(code.slice(1, -1));
    expect(code).not.toMatch(/evil[.。．]com|https?:\/\//u);
  }
  expect(description.replaceAll(/`[^`\n]+`/g, "")).not.toMatch(/[<>&*_~[\]|@\\]|evil/);
  for (const word of keywords) expect(word).toMatch(/^[\p{L}\p{N} ,'/+=-]*$/u);
}

const poisoned = (text: string, more: object = {}) =>
  record({
    eventName: text,
    eventSource: `${text}.amazonaws.com`,
    awsRegion: text,
    sourceIPAddress: text,
    userAgent: text,
    errorCode: text,
    errorMessage: text,
    userIdentity: { type: "IAMUser", userName: text, arn: text, accountId: text, accessKeyId: text },
    requestParameters: { userName: text, [text]: text },
    ...more,
  });

test.each(sampled(HOSTILE_IN_CHATS).map((text) => [text.slice(0, 40), text]))(
  "%j can forge nothing in a chat",
  async (_, text) => {
    const rules = [everyCall(), { ...everyCall(), name: "*:*" }];
    const settings = { chatFrom: "low" } as const;
    for (const recipientAccountId of [ACCOUNT, text]) {
      const key = recipientAccountId === ACCOUNT ? logKey("one") : `AWSLogs/${text.slice(0, 300)}/x.json.gz`;
      const records = [1, 2, 3].map((i) =>
        poisoned(text, { recipientAccountId, eventTime: `2026-11-20T21:25:1${i}Z` }),
      );
      const { alerts } = await alertsOf(records, { rules, settings, key });
      expect(alerts.length).toBeGreaterThan(0);
      for (const alert of alerts) expectHarmless(messageIn(alert));
    }
  },
);

test.each(sampled(HOSTILE_IN_CHATS).map((text) => [text.slice(0, 40), text]))(
  "%j can forge nothing in a round-up",
  async (_, text) => {
    const records = Array.from({ length: 20 }, (__, i) =>
      poisoned(text, {
        recipientAccountId: ACCOUNT,
        userIdentity: { type: "IAMUser", userName: text, arn: `${i}${text}` },
      }),
    );
    const { alerts } = await alertsOf(records, { rules: [everyCall("high")], settings: { chatFrom: "high" } });
    const roundUps = alerts.filter(({ kind }) => kind === "round-up");
    expect(roundUps).toHaveLength(1);
    for (const alert of roundUps) expectHarmless(messageIn(alert));
  },
);

test("names that people know stay readable", () => {
  expect(inChat("arn:aws:iam::111122223333:role/deploy_ci")).toBe("`arn:aws:iam::111122223333:role/deploy_ci`");
  expect(inChat("alice@example.com")).toBe("`alice＠example.com`");
  expect(inChat("")).toBe("`-`");
  expect(inChat("a ` b")).toBe("`a ' b`");
});

test("only what is severe enough goes there, and follow-ups stand in the thread of their incident", async () => {
  const settings = { chatFrom: "high" } as const;
  const medium = await alertsOf([record()], { rules: [everyCall("medium")], settings });
  expect(medium.alerts.map(({ chat }) => chat)).toEqual([undefined]);
  const high = await alertsOf([record()], { rules: [everyCall("high")], settings });
  const [alert] = high.alerts;
  const message = messageIn(alert as Alert);
  expect(message.metadata.threadId).toBe(JSON.parse(alert?.json ?? "{}").incident);
  const without = await alertsOf([record()], { rules: [everyCall("high")] });
  expect(without.alerts.map(({ chat }) => chat)).toEqual([undefined]);
});

thoroughTest("a long story is cut before the last line, and says where the rest is", async () => {
  const records = Array.from({ length: 300 }, (_, i) =>
    record({
      eventName: `CreateThing${i}`,
      eventSource: "iam.amazonaws.com",
      requestParameters: { userName: "u".repeat(100) + i },
    }),
  );
  const { alerts } = await alertsOf(records, { rules: [everyCall("high")], settings: { chatFrom: "high" } });
  const { content } = messageIn(alerts[0] as Alert);
  expect(content.description.length).toBeLessThanOrEqual(2_800);
  expect(content.description).toMatch(/\nAlert [0-9a-f]{8}; the mail has all of it\.$/);
});
