import fc from "fast-check";
import { literal, type Queries } from "../../../lambda/core/alert/queries.ts";
import type { CloudTrailRecord } from "../../../lambda/core/record/record.ts";
import { alertsOf, everyCall } from "../../support/desk-pipeline.ts";
import { HOSTILE } from "../../support/hostile.ts";
import { ACCOUNT, logKey, record } from "../../support/log-files.ts";
import { runs, sampled } from "../../support/runs.ts";

/** Texts that try to end a literal and go on. */
const HOSTILE_IN_SQL = [
  ...HOSTILE,
  "' OR '1'='1",
  "'; DROP TABLE trailbell.records; --",
  "\\'; SELECT 1 --",
  "a'' OR ''b",
  "/* */ -- \n UNION SELECT 1",
  "\\0027 OR 1=1",
  "U&'\\0027'",
  "ü' OR 'ü",
  "\\",
  "\\+000027 ü",
  "'",
  "{{y}} ?",
];

/** The words of a statement as Trino reads them: a literal is one word, whose value is told. */
function wordsOf(sql: string): readonly (string | { readonly value: string })[] {
  const words: (string | { readonly value: string })[] = [];
  for (let rest = sql; rest !== ""; ) {
    const [all = "", unicode, text = ""] = /^(U&)?'((?:[^']|'')*)'/s.exec(rest) ?? [];
    if (all !== "") {
      const plain = text.replaceAll("''", "'");
      words.push({ value: unicode === undefined ? plain : decoded(plain) });
      rest = rest.slice(all.length);
      continue;
    }
    const [word = rest] = /^(?:\w+|\s+|[^\w\s'])/.exec(rest) ?? [];
    if (word.trim() !== "") words.push(word);
    rest = rest.slice(word.length);
  }
  return words;
}

/** Source: the SQL standard's literals with U&, as in Trino's documentation. */
function decoded(text: string): string {
  return text.replace(/\\(?:(\\)|\+([0-9A-F]{6})|([0-9A-F]{4}))/g, (_, backslash, long, short) =>
    backslash !== undefined ? "\\" : String.fromCodePoint(Number.parseInt(long ?? short, 16)),
  );
}

const shapeOf = (sql: string) => wordsOf(sql).map((word) => (typeof word === "string" ? word : "?"));
const valuesIn = (sql: string) => wordsOf(sql).flatMap((word) => (typeof word === "string" ? [] : [word.value]));

async function queriesFor(fields: CloudTrailRecord, key = logKey("one")): Promise<Queries | null> {
  const { alerts } = await alertsOf([record(fields)], { rules: [everyCall("high")], key });
  return JSON.parse(alerts[0]?.json ?? "{}").queries;
}

const userIdentity = (text: string) => ({
  type: "IAMUser",
  arn: text,
  userName: text,
  accountId: ACCOUNT,
  accessKeyId: text,
});

test("an alert carries the queries for its identity, address and key, filled in", async () => {
  const queries = await queriesFor({});
  const frame = (condition: string) =>
    `SELECT eventtime, eventsource, eventname, awsregion, sourceipaddress, errorcode, useridentity.arn AS identity, requestparameters, eventid FROM trailbell.records WHERE account = '111122223333' AND day BETWEEN '2026/11/19' AND '2026/11/21' AND ${condition} ORDER BY eventtime LIMIT 1000`;
  const arn = "'arn:aws:iam::111122223333:user/alice'";
  expect(queries).toEqual({
    identity: frame(`(useridentity.arn = ${arn} OR useridentity.sessioncontext.sessionissuer.arn = ${arn})`),
    address: frame("sourceipaddress = '192.0.2.44'"),
    key: frame("useridentity.accesskeyid = 'AKIAIOSFODNN7EXAMPLE'"),
  });
});

test.each(sampled(HOSTILE_IN_SQL).map((text) => [text.slice(0, 40), text]))(
  "%j cannot leave its literal",
  async (_, text) => {
    const sound = await queriesFor({});
    const queries = await queriesFor({ userIdentity: userIdentity(text), sourceIPAddress: text });
    const shown = text.toWellFormed();
    for (const name of ["identity", "address", "key"] as const) {
      const sql = queries?.[name] ?? null;
      if (text.length > 2048) {
        expect(sql).toBe(null);
        continue;
      }
      expect(sql).toMatch(/^[\x20-\x7e]+$/);
      expect(shapeOf(sql ?? "")).toEqual(shapeOf(sound?.[name] ?? ""));
      expect(valuesIn(sql ?? "").slice(3)).toEqual(Array(name === "identity" ? 2 : 1).fill(shown));
    }
  },
);

test("any text stays in its literal, and comes out as it was", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (text) => {
      expect(wordsOf(literal(text))).toEqual([{ value: text.toWellFormed() }]);
    }),
    { numRuns: runs(2_000), seed: 5 },
  );
});

test("of what somebody may have forged, and of what has no time, there is none", async () => {
  const key = logKey("one").replaceAll(ACCOUNT, "444455556666");
  expect(await queriesFor({}, key)).toBe(null);
  expect(await queriesFor({ eventTime: undefined })).toBe(null);
});
