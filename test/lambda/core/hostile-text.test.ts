import type { Alert } from "../../../lambda/core/alert/alert.ts";
import { inert } from "../../../lambda/core/alert/text.ts";
import { valueWords } from "../../../lambda/core/alert/value-words.ts";
import { alertsOf, everyCall, NOW, testDesk } from "../../support/desk-pipeline.ts";
import { HOSTILE } from "../../support/hostile.ts";
import { ACCOUNT, logKey, record } from "../../support/log-files.ts";
import { ROW_LABELS } from "../../support/row-labels.ts";
import { runs, sampled, thoroughTest } from "../../support/runs.ts";

/** Every place of a record that is shown somewhere. */
function poisoned(text: string, fields: object) {
  return record({
    eventName: text,
    eventSource: `${text}.amazonaws.com`,
    awsRegion: text,
    sourceIPAddress: text,
    userAgent: text,
    errorCode: text,
    errorMessage: text,
    eventID: text,
    recipientAccountId: text,
    userIdentity: {
      type: "AssumedRole",
      userName: text,
      principalId: text,
      arn: text,
      accountId: text,
      invokedBy: text,
      accessKeyId: `AKIA${text}`,
      sessionContext: {
        sessionIssuer: { userName: text, arn: text },
        webIdFederationData: { federatedProvider: text },
      },
    },
    requestParameters: { [text]: text, inner: { [text]: [text] }, json: JSON.stringify({ a: text }) },
    ...fields,
  });
}

/** How the same comes as what is verified, and as what somebody may have put below another account. */
const WAYS = [
  {
    way: "in its own account",
    recipientAccountId: ACCOUNT,
    key: (text: string) => `${text}/${logKey("one")}`,
    subject: /^\[CRITICAL\] [\x20-\x7e]{1,88}$/,
    begins: /^Attempt FAILED: Every call\n/,
    texted: 1,
  },
  {
    way: "below another account",
    key: (text: string) => `AWSLogs/${text}/x.json.gz`,
    subject: /^\[HIGH\] UNVERIFIED [\x20-\x7e]{1,81}$/,
    begins: /^UNVERIFIED: [^\n]+ First find out who wrote the file\.\n\nAttempt FAILED: Every call\n/,
    texted: 0,
  },
];

const STORY_TIME = String.raw`(?:\d\d:\d\d:\d\d|--:--:--)  `;
const LABEL = ROW_LABELS.map((label) => label.padEnd(9)).join("|");

test.each(
  sampled(HOSTILE.flatMap((text) => WAYS.map((way) => [text.slice(0, 40), way.way, { text, ...way }] as const))),
)("%j can forge nothing anywhere, %s", async (_, __, { text, recipientAccountId = text, key, ...expected }) => {
  const rules = [everyCall(), { ...everyCall(), name: "*:*" }];
  const refused = { errorCode: "AccessDenied", errorMessage: undefined };
  const records = [
    poisoned(text, { recipientAccountId, eventTime: "2026-11-20T21:25:10Z" }),
    poisoned(text, { recipientAccountId, eventTime: "2026-11-20T21:25:20Z", ...refused }),
    poisoned(text, { recipientAccountId, eventTime: "2026-11-20T21:25:30Z", ...refused }),
  ];
  const { alerts, texts } = await alertsOf(records, { rules, key: key(text.slice(0, 500)) });
  expect(alerts.length).toBeGreaterThan(0);
  for (const { subject, email, json } of alerts) {
    expect(subject).toMatch(expected.subject);
    expect(subject).not.toMatch(/evil[.]com|https?:/);
    expect(email).toMatch(expected.begins);
    // Line feeds are ours: nothing else moves the text, and no line begins with what a record says.
    expect(email).not.toMatch(/[^\P{C}\n]|[\p{Zl}\p{Zp}]|\p{Default_Ignorable_Code_Point}/u);
    const [, ...lines] = email.slice(email.indexOf("Attempt FAILED: Every call")).split("\n");
    const [headline = "", ...rest] = lines;
    expect(headline).toMatch(/ failed, 2026-11-20 21:25:\d\d UTC, 22:25:\d\d Berlin \(4 min before this mail\)/);
    for (const line of rest) {
      expect(line).toMatch(
        new RegExp(
          `^(?:$|(?:${LABEL})|${STORY_TIME}| {9}\\S| {10}and \\d|Worst first, times in UTC:$|What was cut above, times in UTC:$|More of the call:$|Also \\d|(?:"\\"|\\*:\\*|"\\*:\\*") \\(|"" \\()`,
        ),
      );
    }
    expect(email.match(/^Who /gm)).toHaveLength(1);
    // What was cut stands below once more, whole.
    const [above = "", below = ""] = email.split("\nWhat was cut above, times in UTC:\n");
    expect(above.match(new RegExp(`^${STORY_TIME}`, "gm"))).toHaveLength(2);
    expect(below.match(new RegExp(`^${STORY_TIME}`, "gm"))?.length ?? 0).toBeLessThanOrEqual(2);
    expect(email).not.toMatch(/^(?:Subject:|Who {6}root user)/m);
    expect(email).not.toMatch(/evil[.。．]com|www\.evil|https?:\/\/evil|example\.com\b/u);
    expect(Buffer.byteLength(JSON.stringify({ default: json, email }))).toBeLessThan(262_144);
  }
  expect(texts).toHaveLength(expected.texted);
  for (const sms of texts) {
    expect(sms).toMatch(
      /^CRIT (?:every-call|\*:\*) (?:OK|FAILED|DENIED): [A-Za-z0-9 @$_!"#%&'()*+,\-./:;<=>?]*#[0-9a-f]{8}$/,
    );
    expect(sms.length).toBeLessThanOrEqual(160);
    expect(sms).not.toMatch(/[a-z]\.[a-z]{2}|:\/\//i);
  }
});

test.each(sampled(HOSTILE).map((text) => [text.slice(0, 40), text]))(
  "%j can forge nothing in a round-up",
  async (_, text) => {
    const records = Array.from({ length: 20 }, (_, i) => {
      const { userIdentity, ...fields } = poisoned(text, { recipientAccountId: ACCOUNT });
      return { ...fields, userIdentity: { type: "IAMUser", userName: text, arn: `${i}${text}` } };
    });
    const { alerts } = await alertsOf(records, { rules: [everyCall("high")] });
    const roundUps = alerts.filter(({ kind }) => kind === "round-up");
    expect(roundUps).toHaveLength(1);
    for (const { subject, email, parts } of roundUps) {
      expect(subject).toMatch(/^\[HIGH\] Round-up: \d+ alerts of 1 rule, \d+ matches[\x20-\x7e]*$/);
      expect(subject.length).toBeLessThan(100);
      expect(email).not.toMatch(/[^\P{C}\n]|[\p{Zl}\p{Zp}]|\p{Default_Ignorable_Code_Point}/u);
      expect(email).not.toMatch(/evil[.。．]com|www\.evil|https?:\/\/evil|example\.com\b/u);
      expect(email.match(/^\[HIGH\] Attempt FAILED: Every call by /gm)).toHaveLength(parts.length);
      for (const line of email.split("\n")) {
        expect(line).toMatch(
          /^(?:$|Round-up: |Too many alerts came |\[HIGH\] Attempt FAILED: Every | {2}\S.*; alert [0-9a-f]{8}$|Alert {4}[0-9a-f]{8}$| {2}Log {6}s3:\/\/trail-bucket\/AWSLogs\/)/,
        );
      }
    }
  },
);

test("a value is cut at 120 characters, between pieces, and says so", () => {
  expect(inert("a".repeat(120))).toHaveLength(120);
  expect(inert("a".repeat(121))).toBe(`${"a".repeat(119)}…`);
  expect(inert(`${"a".repeat(115)}\n\n\n`)).toBe(`${"a".repeat(115)}…`);
  expect(inert(`${"a".repeat(116)}.com and more`)).toBe(`${"a".repeat(116)}[.]…`);
});

test("links are taken apart, addresses and versions are not", () => {
  expect(inert("https://evil.com/a.b?x=1.2")).toBe("https[:]//evil[.]com/a[.]b?x=1.2");
  expect(inert("192.0.2.44 aws-cli/2.13.5 2001:db8::1")).toBe("192.0.2.44 aws-cli/2.13.5 2001:db8::1");
});

test("text that could pass for the words around it stands in quotes", () => {
  expect(valueWords("alice, with MFA")).toBe('"alice, with MFA"');
  expect(valueWords('a"b')).toBe('"a\\"b"');
  expect(valueWords("arn:aws:iam::111122223333:user/alice")).toBe("arn:aws:iam::111122223333:user/alice");
  expect(valueWords('{"Effect": "Allow", "x": "1, Effect Deny"}')).toBe('Effect Allow, x "1, Effect Deny"');
});

test("a long key keeps its end, which tells it from others; of a link and other text the beginning is shown", () => {
  const key = `${"exports.of.customers/".repeat(10)}orders.csv`;
  expect(valueWords(key)).toMatch(/^"exports\[\.\]of.*….*\/orders\[\.\]csv"$/);
  expect(valueWords(key).length).toBeLessThanOrEqual(122);
  expect(valueWords(`https://example.com/${"a".repeat(200)}?sig=hush`)).not.toContain("hush");
  expect(valueWords(`${"a ".repeat(100)}end`)).not.toContain("end");
});

test.each<readonly [unknown, string]>([
  [{ accessKeyId: "AKIA1", status: "Active" }, "accessKeyId AKIA1, status Active"],
  [{ add: { items: [{ userId: "1" }] } }, "add (userId 1)"],
  [{ inner: { a: 1 }, own: true }, "own true, inner (a 1)"],
  [["a", "b c"], 'a, "b c"'],
  [{ tags: [], rest: {} }, "tags empty, rest empty"],
  ["[1, [2, 3]]", "1, (2, 3)"],
  [{ "a) , status": "x (y 1)" }, '"a) , status" "x (y 1)"'],
  [{ a: null, b: "" }, 'a null, b ""'],
  [Array.from({ length: 60 }, (_, i) => `name-${i}`), expect.stringMatching(/^name-0, .*, name-2\d and 3\d more$/)],
])("of %j a mail says it in words that the value cannot forge", (any, shown) => {
  expect(valueWords(any)).toEqual(shown);
});

test("a value nested without end is shown in bounds", () => {
  let deep: unknown = "end";
  for (let i = 0; i < 500; i++) deep = { a: [deep, i] };
  expect(valueWords(deep).length).toBeLessThan(400);
});

test("credentials in request and response reach neither mail, text message nor machine", async () => {
  const secret = "FwoGZXIvYXdzEXAMPLEtoken";
  const leaky = record({
    eventName: "AssumeRole",
    requestParameters: { masterUserPassword: secret, environment: { variables: [{ password: secret }] } },
    responseElements: { credentials: { accessKeyId: "ASIAEXAMPLE", sessionToken: secret, secretAccessKey: secret } },
    additionalEventData: { body: JSON.stringify({ clientSecret: secret }) },
  });
  const { alerts, texts, lines } = await alertsOf([leaky, leaky], { rules: [everyCall()] });
  expect(JSON.stringify([alerts, texts, lines])).not.toContain(secret);
  expect(alerts[0]?.json).toContain("ASIAEXAMPLE");
});

test("records too large for a message are shortened, and the alert still goes out", async () => {
  const huge = Object.fromEntries(Array.from({ length: 300 }, (_, i) => [`parameter${i}`, "\u0001".repeat(200)]));
  const records = Array.from({ length: 30 }, () =>
    record({ requestParameters: huge, errorMessage: "m".repeat(100_000) }),
  );
  const { alerts } = await alertsOf(records, { rules: [everyCall()] });
  expect(alerts).toHaveLength(1);
  const { json = "", email = "" } = alerts[0] ?? {};
  expect(Buffer.byteLength(JSON.stringify({ default: json, email }))).toBeLessThanOrEqual(260_144);
  expect(JSON.parse(json)).toMatchObject({ matches: 30 });
  expect(JSON.parse(json).records.length).toBeGreaterThan(0);
});

thoroughTest("callers who vary their names fill a handful of mails, of which one tells of many callers", async () => {
  const records = Array.from({ length: 500 }, (_, i) =>
    record({ userIdentity: { type: "IAMUser", arn: `arn:aws:iam::111122223333:user/u${i}`, userName: `u${i}` } }),
  );
  const { alerts, summary } = await alertsOf(records, { rules: [everyCall()] });
  expect(summary.matches).toBe(500);
  expect(alerts.length).toBeLessThanOrEqual(6);
  const parts = alerts.flatMap((alert) => alert.parts);
  const shared = parts.filter(({ subject }) => subject.includes("by many callers"));
  expect(parts).toHaveLength(50 + shared.length);
  expect(shared.reduce((sum, { matches }) => sum + matches, 0)).toBe(450);
  expect(alerts.reduce((sum, { matches }) => sum + matches, 0)).toBe(500);
});

/** Twelve characters that are not seen, each shown as five and written as six: another text for each number. */
function unseen(number: number): string {
  return Array.from({ length: 12 }, (_, bit) => ((number >> bit) & 1 ? "\u0001" : "\u0002")).join("");
}

function bytesOf({ json, email }: Alert): number {
  return Buffer.byteLength(JSON.stringify({ default: json, email }));
}

thoroughTest(
  "however many callers and targets have hostile names, a mail fits a message",
  async () => {
    const named = (name: string, fields = {}) =>
      record({ userIdentity: { type: "IAMUser", arn: name, userName: name }, ...fields });
    const desk = testDesk([everyCall("high")]);
    await desk.deliver(Array.from({ length: 50 }, (_, i) => named(`user-${i}`)));
    await desk.desk.advanceTo(NOW + 10 * 60_000);
    const count = runs(2_000, 600);
    const records = Array.from({ length: count }, (_, i) =>
      named(unseen(i), { eventName: `Do${i % 20}Thing`, requestParameters: { name: unseen(i) } }),
    );
    await desk.deliver(records, logKey("two"));
    await desk.desk.runToEnd();
    expect(desk.alerts.reduce((sum, { matches }) => sum + matches, 0)).toBe(50 + count);
    expect(Math.max(...desk.alerts.map(bytesOf))).toBeLessThanOrEqual(260_144);
  },
  20_000,
);

thoroughTest(
  "without a ledger too, what many callers with hostile names do fits the one message",
  async () => {
    const desk = testDesk([everyCall("high")]);
    desk.ledgerDown = true;
    const by = (caller: string, count: number) =>
      Array.from({ length: count }, (_, i) =>
        record({
          userIdentity: { type: "IAMUser", arn: caller, userName: caller },
          eventName: `Do${i % 20}Thing`,
          awsRegion: unseen(i % 7),
          sourceIPAddress: unseen(i % 7),
          requestParameters: { name: unseen(i) },
        }),
      );
    const count = runs(2_000, 600);
    const others = Array.from({ length: 60 }, (_, i) => by(unseen(i), runs(40, 12)));
    await desk.deliver([...by("mallory", count), ...others.flat()]);
    expect(desk.alerts.map(({ matches }) => matches)).toEqual([count + 60 * runs(40, 12)]);
    expect(Math.max(...desk.alerts.map(bytesOf))).toBeLessThanOrEqual(260_144);
  },
  20_000,
);

test.each([
  ["ec2.amazonaws.com", "ec2.amazonaws.com"],
  ['{"Service":"ec2.amazonaws.com"}', '{"Service":"ec2.amazonaws.com"}'],
  ["p2.xlarge", "p2.xlarge"],
  ["u-6tb1.112xlarge", "u-6tb1.112xlarge"],
  ["anthropic.claude-3-sonnet-20240229-v1:0", "anthropic.claude-3-sonnet-20240229-v1:0"],
  ["ssmmessages.eu-west-1.amazonaws.com", "ssmmessages.eu-west-1.amazonaws.com"],
  ["Client.UnauthorizedOperation", "Client.UnauthorizedOperation"],
  ["Client.Photography", "Client[.]Photography"],
  ["Client.UnauthorizedOperation.evil", "Client[.]UnauthorizedOperation[.]evil"],
  ["evil.Client.UnauthorizedOperation", "evil[.]Client[.]UnauthorizedOperation"],
  ["evil.s3.eu-west-1.amazonaws.com", "evil[.]s3[.]eu-west-1[.]amazonaws[.]com"],
  ["evil.s3-eu-west-1.amazonaws.com", "evil[.]s3-eu-west-1[.]amazonaws[.]com"],
  ["amazon.com", "amazon[.]com"],
  ["amazon.zip-v1:0", "amazon[.]zip-v1:0"],
  ["cohere.support-login-v1:0", "cohere[.]support-login-v1:0"],
  ["evil-bucket。s3.amazonaws.com", "evil-bucket[.]s3[.]amazonaws[.]com"],
  ["p2.xlarge。com", "p2[.]xlarge[.]com"],
  ["signin.amazonaws.com。support", "signin[.]amazonaws[.]com[.]support"],
  ["ec2.amazonaws.com%2ecom", "ec2[.]amazonaws[.]com%2ecom"],
  ["evil.s3.amazonaws.com", "evil[.]s3[.]amazonaws[.]com"],
  ["ec2.amazonaws.com.evil.com", "ec2[.]amazonaws[.]com[.]evil[.]com"],
  ["ec2.amazonaws.community", "ec2[.]amazonaws[.]community"],
  ["https://ec2.amazonaws.com", "https[:]//ec2[.]amazonaws[.]com"],
  ["ec2.amazonaws.com/login", "ec2[.]amazonaws[.]com/login"],
  ["a@ec2.amazonaws.com", "a@ec2[.]amazonaws[.]com"],
  ["p2.xlarge.evil.com", "p2[.]xlarge[.]evil[.]com"],
  ["\u0435c2.amazonaws.com", "\u0435c2[.]amazonaws[.]com"],
])("of %p only what AWS alone can have stays whole", (text, shown) => {
  expect(inert(text)).toBe(shown);
});

test("a name of AWS's is shown whole or not at all, so that its beginning is no address", () => {
  for (let limit = 10; limit < 40; limit++) {
    expect(inert(`called by ec2.amazonaws.com and others`, limit)).not.toMatch(
      /amazonaws\.(?!com\b)|ec2\.(?!amazonaws)/,
    );
  }
});
