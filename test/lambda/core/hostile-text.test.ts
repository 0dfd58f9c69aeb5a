import { inert, value } from "../../../lambda/core/alert/text.ts";
import { alertsOf, everyCall } from "../../support/desk-pipeline.ts";
import { record } from "../../support/log-files.ts";

const HOSTILE = [
  "line one\nSubject: [CRITICAL] forged",
  "carriage\r\nWho      root user",
  "vertical\u000b\u000c\u0085separators\u2028and\u2029more",
  "right\u202eto left\u2066isolated\u2069",
  "zero\u200bwidth\u200d\ufeff\u00adsoft",
  "tag\u{e0041}\u{e0042} \u180e filler \u3164",
  "\u0000\u0007\u001b[31mred",
  "lone \ud800 surrogate",
  "stacked e\u0301\u0301\u0301\u0301\u0301\u0301",
  "see https://evil.com/login or www.evil.co.uk, mail x@evil.com",
  "evil。com and evil．com and bücher.example",
  'alice, with MFA, long-term key "AKIA"',
  "            Who      root user",
  "x".repeat(100_000),
];

/** Every place of a record that is shown somewhere. */
function poisoned(text: string) {
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
  });
}

test.each(HOSTILE.map((text) => [text.slice(0, 40), text]))("%j can forge nothing anywhere", async (_, text) => {
  const rules = [everyCall(), { ...everyCall(), name: "*:*" }];
  const records = [poisoned(text), poisoned(text), poisoned(text)];
  const { alerts, texts } = await alertsOf(records, { rules, key: `AWSLogs/${text.slice(0, 500)}/x.json.gz` });
  expect(alerts.length).toBeGreaterThan(0);
  for (const { subject, email, json } of alerts) {
    expect(subject).toMatch(/^\[CRITICAL\] [\x20-\x7e]{1,88}$/);
    // Line feeds are ours: nothing else moves the text, and no line begins with what a record says.
    expect(email).not.toMatch(/[^\P{C}\n]|[\p{Zl}\p{Zp}]|\p{Default_Ignorable_Code_Point}/u);
    for (const line of email.split("\n")) {
      expect(line).toMatch(
        /^(?:$|Every call$|unknown|Also$|(?:Who|From|Where|What|Error|Why|Log|Rule) | {9}|[\p{L}\p{M}\\"[{.:/…x<]|20\d\d-|\[)/u,
      );
      expect(line).not.toMatch(/^(?:Subject:|Who {6}root user)/);
    }
    expect(email).not.toMatch(/evil[.。．]com|www\.evil|https?:\/\/evil|example\.com\b/u);
    expect(email.match(/^Who /gm)).toHaveLength(1);
    expect(Buffer.byteLength(JSON.stringify({ default: json, email }))).toBeLessThan(262_144);
  }
  for (const sms of texts) {
    expect(sms).toMatch(
      /^CRIT (?:every-call|\*:\*) (?:OK|FAILED|DENIED): [A-Za-z0-9 @$_!"#%&'()*+,\-./:;<=>?]*#[0-9a-f]{8}$/,
    );
    expect(sms.length).toBeLessThanOrEqual(160);
    expect(sms).not.toMatch(/[a-z]\.[a-z]{2}|:\/\//i);
  }
});

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
  expect(value("alice, with MFA")).toBe('"alice, with MFA"');
  expect(value('a"b')).toBe('"a\\"b"');
  expect(value("arn:aws:iam::111122223333:user/alice")).toBe("arn:aws:iam::111122223333:user/alice");
  expect(value('{"Effect": "Allow"}')).toBe('{"Effect":"Allow"}');
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

test("callers who vary their names fill a handful of mails, of which one tells of many callers", async () => {
  const records = Array.from({ length: 500 }, (_, i) =>
    record({ userIdentity: { type: "IAMUser", arn: `arn:aws:iam::111122223333:user/u${i}`, userName: `u${i}` } }),
  );
  const { alerts, summary } = await alertsOf(records, { rules: [everyCall()] });
  expect(summary.matches).toBe(500);
  expect(alerts.length).toBeLessThan(6);
  expect(alerts.flatMap(({ parts }) => parts)).toHaveLength(51);
  expect(alerts.reduce((sum, { matches }) => sum + matches, 0)).toBe(500);
  expect(alerts.flatMap(({ parts }) => parts).some(({ subject }) => subject.includes("by many callers"))).toBe(true);
});
