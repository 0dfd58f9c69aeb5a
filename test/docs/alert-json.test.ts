import { readFileSync } from "node:fs";
import { StoryBuilder } from "../../lambda/core/alert/story/story-builder.ts";
import { weekJson } from "../../lambda/core/alert/week.ts";
import { viewOf } from "../../lambda/core/record/view.ts";
import type { Rule } from "../../lambda/core/rules/rule.ts";
import { everyCall, NOW, testDesk } from "../support/desk-pipeline.ts";
import { ACCOUNT, logKey, record } from "../support/log-files.ts";

const PAGE = readFileSync("docs/alert-json.md", "utf8");

type Json = { readonly [field: string]: unknown };

/** A section of the page, without its heading. */
function section(heading: string): string {
  const [, text = ""] = new RegExp(`^##+ ${heading}\\n([\\s\\S]*?)(?=^##|$(?![\\s\\S]))`, "m").exec(PAGE) ?? [];
  expect(text).not.toBe("");
  return text;
}

/** The fields that begin the rows of a section's table, or the items of its list. */
function fieldsIn(text: string): readonly string[] {
  const starts = [...text.matchAll(/^(?:\| (`.*?`) \||- (`.*?`): )/gm)].map(([, cell, item]) => cell ?? item ?? "");
  return starts.flatMap((start) => [...start.matchAll(/`(\w+)`/g)].map(([, name = ""]) => name)).sort();
}

function caller(userName: string, fields: Json = {}) {
  const arn = `arn:aws:iam::${ACCOUNT}:user/${userName}`;
  return record({ userIdentity: { type: "IAMUser", arn, accountId: ACCOUNT, userName }, ...fields });
}

const callers = (count: number) => Array.from({ length: count }, (_, i) => caller(`user-${i}`));

const SIGMA: Partial<Rule> = {
  description: "A call.",
  why: "It matters.",
  do: "Look.",
  runbook: "https://runbooks.example.com/call",
  commands: ["aws iam get-user --user-name {userIdentity.userName}"],
  title: "A call",
  author: "somebody",
  references: ["https://example.com"],
  falsePositives: ["none"],
};

/** Real alerts of every kind, as machines receive them. */
async function alertsOfAllKinds(): Promise<readonly Json[]> {
  const plain = testDesk([everyCall("high", SIGMA), everyCall("medium", { name: "bare" })]);
  await plain.deliver([caller("alice")]);
  await plain.deliver([caller("alice", { eventName: "CreateUser" })], logKey("two"));
  await plain.desk.runToEnd();
  const many = testDesk([everyCall("high")]);
  await many.deliver(callers(60));
  await many.desk.advanceTo(NOW + 30 * 60_000);
  await many.deliver([caller("one-too-many")], logKey("two"));
  await many.desk.runToEnd();
  const daily = testDesk([everyCall("low")]);
  await daily.deliver(callers(2));
  await daily.desk.runToEnd();
  const down = testDesk([everyCall("critical")]);
  down.ledgerDown = true;
  await down.deliver(callers(3)).catch(() => undefined);
  return [plain, many, daily, down].flatMap(({ alerts }) => alerts.map(({ json }) => JSON.parse(json)));
}

const all = await alertsOfAllKinds();
const single = all.filter(({ kind }) => kind !== "round-up");
const roundUps = all.filter(({ kind }) => kind === "round-up");

/** The keys of all objects in a list of each alert: all that there are, and those that each object has. */
function keysIn(alerts: readonly Json[], list: string) {
  const objects = alerts.flatMap((alert) => alert[list] as readonly object[]);
  expect(objects.length).toBeGreaterThan(0);
  const keys = objects.map((object) => Object.keys(object).sort());
  const everywhere = (keys[0] ?? []).filter((key) => keys.every((own) => own.includes(key)));
  return { all: [...new Set(keys.flat())].sort(), everywhere };
}

test("there are alerts, follow-ups, shared incidents, round-ups of both reasons, and one without a ledger", () => {
  expect(new Set(all.map(({ kind }) => kind))).toEqual(new Set(["alert", "follow-up", "round-up"]));
  expect(single.some(({ actor }) => actor === "many actors")).toBe(true);
  expect(new Set(roundUps.map(({ severity }) => severity))).toEqual(new Set(["high", "low"]));
  expect(single.filter(({ mayRepeat }) => mayRepeat)).toHaveLength(1);
});

test("docs/alert-json.md names each field of an alert and of a follow-up, and no other", () => {
  const named = fieldsIn(PAGE.slice(0, PAGE.indexOf("\n## ")));
  for (const alert of single) expect(Object.keys(alert).sort()).toEqual(named);
});

test.each(["lines", "records", "others"])("docs/alert-json.md names each field in `%s`, and no other", (list) => {
  const named = fieldsIn(section(`\`${list}\``));
  expect(keysIn(single, list)).toEqual({ all: named, everywhere: named });
});

test("docs/alert-json.md names each field in `rules`, and those that not every rule has", () => {
  expect(keysIn(single, "rules")).toEqual({
    all: fieldsIn(section("`rules`")),
    everywhere: ["matches", "name", "place", "severity"],
  });
});

test("docs/alert-json.md names each field of a round-up and of the alerts in it, and no other", () => {
  const named = fieldsIn(section("Round-ups"));
  for (const alert of roundUps) expect(Object.keys(alert).sort()).toEqual(named);
  const parts = fieldsIn(section("`alerts`"));
  expect(keysIn(roundUps, "alerts")).toEqual({ all: parts, everywhere: parts });
});

test("docs/alert-json.md names each field that a round-up has once a week, and no other", () => {
  const left = { kind: "mute", rule: "r", reason: "x", mute: "0a1b2c3d", until: "2027-01-31", matches: 1 } as const;
  const networks = { networks: ["192.0.2.0/24"], newNetworks: [], hasMore: false };
  const ending = [{ rule: "r", reason: "x", until: "2027-01-31", isOver: false }];
  const json = weekJson({ left: [{ ...left, ...networks }], others: 0, ending });
  const named = Array.from(section("Once a week").matchAll(/^- `(\w+)`/gm), ([, field]) => field);
  expect(Object.keys(json)).toEqual(named);
  for (const field of [...json.leftOut, ...json.ending].flatMap(Object.keys)) {
    expect(section("Once a week")).toContain(`\`${field}\``);
  }
});

test("docs/alert-json.md gives the bounds that a story has", () => {
  const atMost = (field: string) => {
    const [, number] = new RegExp(`^(?:\\| |- ).*\`${field}\`.*at most ([\\d,]+)`, "m").exec(PAGE) ?? [];
    return Number(number?.replace(",", ""));
  };
  const storyOf = (count: number, fields: (i: number) => Json) => {
    const builder = new StoryBuilder();
    for (let i = 0; i < count; i++) {
      const own = record(fields(i));
      const told = { facts: viewOf(own).facts, rules: ["r"], severity: "high", time: NOW, isLate: false } as const;
      const source = `192.0.2.${i % 250}`;
      const logObject = { bucket: "trail", key: logKey(`o${i}`) };
      builder.addRecord({ ...told, source, sharedBy: `c${i}`, record: own, logObject });
    }
    return builder.story();
  };
  const wide = storyOf(700, (i) => ({ awsRegion: `r${i}`, requestParameters: { userName: `n${i}` } }));
  const [line] = wide.lines;
  expect(line).toMatchObject({ moreTargets: 200, moreCallers: 200 });
  expect({
    logObjects: wide.logObjects.length,
    records: wide.kept.length,
    regions: line?.regions.length,
    sourceAddresses: line?.sources.length,
    targets: line?.targets.length,
  }).toEqual({
    logObjects: atMost("logObjects"),
    records: atMost("records"),
    regions: atMost("regions"),
    sourceAddresses: atMost("sourceAddresses"),
    targets: atMost("targets"),
  });
  const accounts = storyOf(30, (i) => ({ recipientAccountId: String(111122223300 + i) }));
  expect(accounts.accounts).toHaveLength(atMost("accounts"));
  const [, lines] = /There are at most (\d+) lines/.exec(PAGE) ?? [];
  const long = storyOf(80, (i) => ({ eventName: `Call${i}` }));
  expect(long.lines.filter(({ call }) => call !== "other calls")).toHaveLength(Number(lines));
  expect(long.lines).toHaveLength(Number(lines) + 1);
});
