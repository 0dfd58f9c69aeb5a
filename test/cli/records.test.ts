import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { type Piece, piecesOf } from "../../cli/records/document.ts";
import { readRowText } from "../../cli/records/row-text.ts";
import { shapeOf } from "../../cli/records/shape.ts";
import { unwrapped } from "../../cli/records/unwrap.ts";
import { command } from "../support/command.ts";
import { cpuTimeOf, cpuTimeUntil } from "../support/cpu-time.ts";
import { ACCOUNT, record } from "../support/log-files.ts";
import { runs } from "../support/runs.ts";
import { zipOf } from "../support/zip.ts";

const folder = mkdtempSync(join(tmpdir(), "trailbell-records-"));

function file(name: string, content: string | Uint8Array): string {
  const path = join(folder, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
  return path;
}

const OWN_RULES = ["--rules", "test/support/rules"] as const;
const ringing = record();
const quiet = record({ eventName: "ListUsers" });
const json = JSON.stringify;

const bridge = {
  version: "0",
  id: "x",
  "detail-type": "AWS API Call via CloudTrail",
  source: "aws.iam",
  detail: ringing,
};
const logEvents = [quiet, ringing].map((one, i) => ({ id: `${i}`, timestamp: 1_795_000_000_000, message: json(one) }));
const subscription = { messageType: "DATA_MESSAGE", owner: ACCOUNT, logGroup: "trail", logEvents };
const looked = { NextToken: "t", Events: [{ EventId: "x", Username: "alice", CloudTrailEvent: json(ringing) }] };

const hit = (source: unknown, i = 0) => ({ _index: "trail", _id: `${i}`, _source: source });
const ecs = {
  "@timestamp": ringing.eventTime,
  message: "CreateAccessKey by alice",
  event: { action: "CreateAccessKey", provider: "iam.amazonaws.com", original: json(ringing) },
  aws: { cloudtrail: { event_version: "1.08", request_parameters: "{userName=bob}" } },
};
/** A record as a row of a table whose columns are in lower case, as Athena prints it. */
const columns = Object.keys(ringing).map((field) => field.toLowerCase());
const printed = (value: unknown): string =>
  typeof value === "object" && value !== null
    ? `{${Object.entries(value)
        .map(([name, inner]) => `${name.toLowerCase()}=${printed(inner)}`)
        .join(", ")}, none=null}`
    : String(value);
const cells = Object.entries(ringing).map(([field, value]) =>
  field === "userIdentity" ? printed(value) : typeof value === "object" ? json(value) : String(value),
);
const identity = ringing.userIdentity as { readonly [field: string]: string };
const sentinel = [
  ["AwsEventId", String(ringing.eventID)],
  ["EventName", "CreateAccessKey"],
  ["EventSource", "iam.amazonaws.com"],
  ["TimeGenerated", String(ringing.eventTime)],
  ["UserIdentityType", "IAMUser"],
  ["UserIdentityUserName", "alice"],
  ["SessionIssuerUserName", ""],
] as const;
const { userIdentity: _identity, ...around } = ringing;
const flat = {
  ...around,
  "userIdentity.type": identity.type,
  "userIdentity.userName": identity.userName,
  "userIdentity.sessionContext.attributes.mfaAuthenticated": "false",
  "resources{}.ARN": "x",
};
const csv = (rows: readonly (readonly string[])[]) =>
  rows.map((row) => row.map((cell) => `"${cell.replaceAll('"', '""')}"`).join(",")).join("\n");

test.each([
  ["Elasticsearch's answer", "hits.json", json({ took: 1, hits: { total: 2, hits: [quiet, ringing].map(hit) } })],
  ["hits with fields beside the source", "fields.json", json([{ ...hit(ringing), fields: { x: [json(ringing)] } }])],
  ["hits with an original", "ecs-hits.json", json({ hits: { hits: [hit(ecs)] } }, null, 2)],
  ["documents of ECS, one a line", "ecs.jsonl", `${json(ecs)}\n${json({ "event.original": json(quiet) })}\n`],
  ["Splunk's export", "splunk.json", `${json({ preview: false, result: { _raw: json(ringing), _time: "x" } })}\n`],
  ["Splunk's results", "splunk2.json", json({ results: [{ _raw: json(ringing), eventName: "CreateAccessKey" }] })],
  [
    "Splunk's table",
    "splunk.csv",
    csv([
      ["_time", "_raw"],
      ["1", json(ringing)],
    ]),
  ],
  ["what a collector sends to Splunk", "hec.json", json({ sourcetype: "aws:cloudtrail", event: ringing })],
  ["Datadog's search", "dd.json", json({ data: [{ id: "a", attributes: { message: "x", attributes: ringing } }] })],
  ["Datadog's archive", "dd.jsonl", json({ _id: "a", date: "x", timestamp: 1, message: "made", attributes: ringing })],
  ["Sumo Logic's messages", "sumo.json", json({ messages: [{ map: { _raw: json(ringing) } }] })],
  ["messages of a queue, from a topic", "sqs.json", json({ Messages: [{ Body: json({ Message: json(bridge) }) }] })],
  [
    "CloudTrail Lake's rows",
    "lake.json",
    json({ QueryResultRows: [[{ eventID: "x" }, { eventJson: json(ringing) }]] }),
  ],
  [
    "Lake's rows column by column",
    "lake2.json",
    json({ QueryResultRows: [columns.map((c, i) => ({ [c]: cells[i] }))] }),
  ],
  [
    "Lake's saved results",
    "lake.csv.gz",
    gzipSync(
      csv([
        ["eventID", "eventJson"],
        ["x", json(ringing)],
      ]),
    ),
  ],
  ["Athena's table", "athena.csv", csv([columns, cells])],
  ["Athena's table without a name that says so", "rows", csv([columns, cells])],
  [
    "what Athena answers",
    "athena.json",
    json({ ResultSet: { Rows: [columns, cells].map((row) => ({ Data: row.map((c) => ({ VarCharValue: c })) })) } }),
  ],
  [
    "what Logs Insights answers",
    "insights.json",
    json({
      results: [
        [
          { field: "@timestamp", value: "x" },
          { field: "@message", value: json(ringing) },
        ],
      ],
    }),
  ],
  [
    "Azure Monitor's answer",
    "azure.json",
    json({ tables: [{ columns: sentinel.map(([name]) => ({ name })), rows: [sentinel.map(([, value]) => value)] }] }),
  ],
  ["Sentinel's table", "sentinel.csv", csv([sentinel.map(([name]) => name), sentinel.map(([, value]) => value)])],
  ["records with all fields side by side", "flat.jsonl", `${json(flat)}\n${json({ ...flat, eventName: "ListKeys" })}`],
  ["lines that are texts of records", "texts.jsonl", `${json(json(ringing))}\n`],
  ["a list of texts", "texts.json", json([json(quiet), json(ringing)])],
  ["Logs Insights' download", "insights2.json", json([{ "@timestamp": "x", "@message": ringing }])],
])("an export is read: %s", async (_, name, content) => {
  const { code, stdout, stderr } = await command("replay", file(`exports/${name}`, content), "--json", ...OWN_RULES);
  expect({
    code,
    stderr,
    lines: stdout
      .split("\n")
      .filter(Boolean)
      .map((line) => JSON.parse(line)),
  }).toEqual({
    code: 0,
    stderr: "",
    lines: [expect.objectContaining({ eventID: ringing.eventID, identity: expect.stringContaining("IAM user alice") })],
  });
});

test("objects that Athena prints are read with their lists, their JSON and what stands in a text", () => {
  const text =
    '{type=AssumedRole, arn=a:b/c, d, sessioncontext={attributes={mfaauthenticated=false}, issuer=null}, json={"a":"}, x=1"}, list=[{arn=1}, {arn=2, type=}], empty={}}';
  expect(readRowText(text)).toEqual({
    type: "AssumedRole",
    arn: "a:b/c, d",
    sessioncontext: { attributes: { mfaauthenticated: "false" } },
    json: { a: "}, x=1" },
    list: [{ arn: "1" }, { arn: "2", type: "" }],
    empty: {},
  });
  for (const other of ["", "text", "{a=1", "{a=1} b", `${"{a=".repeat(50_000)}`, `${"[".repeat(200_000)}`]) {
    expect(cpuTimeOf(() => expect(typeof readRowText(other)).not.toBe("string"))).toBeLessThan(300);
  }
});

test("a document that no longer has its record is told, few times, and others beside it are read", async () => {
  const { event: _event, ...thin } = ecs;
  const path = file("thin.jsonl", [thin, ringing, thin, thin, thin, thin].map((one) => json(one)).join("\n"));
  const { code, stdout, stderr } = await command("replay", path, "--json", ...OWN_RULES);
  expect({ code, matches: stdout.trim().split("\n").length }).toEqual({ code: 1, matches: 1 });
  expect(stderr).toContain(`${path}:1: a document of ECS or OCSF that has lost its record`);
  expect(stderr).toContain("the last of 2 more parts");
  expect(stderr.trim().split("\n")).toHaveLength(4);
});

test("whatever JSON a document is, what is read of it are objects", () => {
  const names = `hits _source event original _raw eventName eventSource EventName EVENTSOURCE userIdentity.type tables columns
    rows name data results ResultSet Rows Data VarCharValue QueryResultRows message timestamp field value eventVersion eventID
    insightDetails userIdentity __proto__ constructor detail detail-type Records aws cloudtrail schema datarows`;
  const texts = ["{", '{"eventName":"a"}', "[]", "{a=b, c=d}", "[{a=1}]", "EventName", "EventSource"];
  const leaf = fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.constant(null), fc.constantFrom(...texts));
  const { tree } = fc.letrec((tie) => ({
    tree: fc.oneof(
      { maxDepth: 6 },
      leaf,
      fc.array(tie("tree"), { maxLength: 4 }),
      fc.dictionary(fc.constantFrom(...names.split(/\s+/)), tie("tree"), { maxKeys: 5 }),
    ),
  }));
  fc.assert(
    fc.property(tree, (value) => {
      for (const found of unwrapped(json(value))) {
        if ("json" in found) expect(JSON.parse(found.json)).toEqual(expect.any(Object));
        else expect(found.what).not.toBe("");
      }
    }),
    { numRuns: runs(5_000) },
  );
});

test("what only a record's own field holds is no record", async () => {
  const within = record({ eventName: "PutEvents", requestParameters: { entries: [{ detail: json(ringing) }] } });
  const thin = { eventName: "PutEvents", requestParameters: { entries: [{ detail: json(ringing) }] } };
  const insight = { eventVersion: "1.08", eventID: "i", insightDetails: { ...ringing, state: "Start" } };
  const { eventVersion: _version, eventID: _id, ...thinInsight } = insight;
  const path = file("within.json", json([within, thin, insight, thinInsight]));
  expect(await command("replay", path, "--json", ...OWN_RULES)).toMatchObject({ code: 0, stdout: "" });
});

test.each([
  ["EventBridge's wrapper", "bridge.json", json(bridge)],
  ["EventBridge's wrappers, one a line", "bridge.jsonl", `${json(bridge)}\n`],
  ["what a CloudWatch Logs subscription delivers, gzipped", "subscription.gz", gzipSync(json(subscription))],
  [
    "what it hands to a function",
    "awslogs.json",
    json({ awslogs: { data: gzipSync(json(subscription)).toString("base64") } }),
  ],
  ["what FilterLogEvents answers", "filter.json", json({ searchedLogStreams: [], events: logEvents }, null, 2)],
  ["what LookupEvents answers, printed over many lines", "looked.json", json(looked, null, 2)],
  ["answers of LookupEvents, one after another", "pages.json", `${json(looked, null, 2)}\n${json({ Events: [] })}`],
  ["log files, one after another", "joined.json", `${json({ Records: [quiet] })}${json({ Records: [ringing] })}`],
  [
    "a log file with Records behind other fields",
    "late.json",
    json({ a: { Records: [1] }, b: "]", Records: [ringing] }),
  ],
  ["a log file with a byte order mark", "marked.json", `\ufeff${json({ Records: [ringing] })}`],
  [
    "a log file in UTF-16, as PowerShell writes it",
    "utf16le.json",
    Buffer.from(`\ufeff${json({ Records: [ringing] })}`, "utf16le"),
  ],
  [
    "records in UTF-16, the other way round",
    "utf16be.json",
    Buffer.from(`\ufeff${json([ringing, { eventName: "grüße" }])}`, "utf16le").swap16(),
  ],
  ["a list that was gzipped twice", "twice.json.gz", gzipSync(gzipSync(json([ringing])))],
])("%s is read", async (_, name, content) => {
  const { code, stdout, stderr } = await command("replay", file(name, content), "--json", ...OWN_RULES);
  expect(stderr).toBe("");
  expect(
    stdout
      .split("\n")
      .filter(Boolean)
      .map((line) => JSON.parse(line).eventID),
  ).toEqual([ringing.eventID]);
  expect(code).toBe(0);
});

test.each([
  ["a zip archive", "a.zip", zipOf({ "a.json": "{}" }), "a zip archive: unpack it"],
  [
    "a tar archive, gzipped",
    "a.json.gz",
    gzipSync(Buffer.concat([Buffer.alloc(257), Buffer.from("ustar"), Buffer.alloc(250)])),
    "a tar archive",
  ],
  ["Parquet", "a.parquet", Buffer.from("PAR1...."), "export it as JSON"],
  ["another table", "a.csv", "name,price\na,1\n", 'with the columns "name", "price"; read are'],
  ["an object of something else", "o.json", json({ name: "x", rows: [{ a: 1 }] }), 'with the keys "name", "rows"'],
  ["a page", "a.json", "<html>", "neither gzip nor JSON"],
  ["nothing", "empty.json", "", "the file is empty"],
  ["a list that is cut off", "cut.json", json([quiet, ringing]).slice(0, -9), "the JSON is cut off"],
  [
    "a list, gzipped and cut off",
    "cut.json.gz",
    gzipSync(json([quiet, ringing])).subarray(0, -40),
    "the gzip stream is cut off",
  ],
  ["a text among lines", "mixed.jsonl", `${json(quiet)}\nno JSON\n`, "mixed.jsonl:2: not JSON"],
  ["a number among elements", "number.json", json([quiet, 7]), "number.json: [1]: not a record"],
  [
    "an element that is nested without end",
    "deep.json",
    `[{"EventName":"a","EventSource":"b","userIdentity":${"[".repeat(50_000)}${"]".repeat(50_000)}}, ${json(quiet)}]`,
    "deep.json: [0]: nested deeper than any record",
  ],
  ["an element that is no JSON", "word.json", `[${json(quiet)}, {"a": nul}]`, "word.json: [1]: not JSON"],
  [
    "a message that is no record",
    "text.json",
    json({ logEvents: [{ timestamp: 1, message: "hello" }] }),
    "logEvents[0]: its message is not a record",
  ],
  [
    "a wrapper of something else",
    "other.json",
    json({ Events: [{ CloudTrailEvent: "no" }] }),
    "Events[0]: its CloudTrailEvent is not a record",
  ],
  [
    "an S3 event",
    "s3.json",
    json({ Records: [{ eventSource: "aws:s3", eventName: "ObjectCreated:Put" }] }),
    "npm run invoke takes events",
  ],
  [
    "elements that are no records",
    "odd.json",
    json({ Records: [1, quiet, null] }),
    "2 elements of Records are no objects",
  ],
])("%s is a fault that names the file", async (_, name, content, message) => {
  const path = file(`bad/${name}`, content);
  const { code, stderr } = await command("replay", path, "--json", ...OWN_RULES);
  expect(code).toBe(1);
  expect(stderr).toContain(path);
  expect(stderr).toContain(message);
});

test("the table that the console downloads from Event history is read as far as it goes, and says what it lacks", async () => {
  const path = file(
    "event_history.csv",
    `\ufeff"Event name","Event time","User name","Event source","Resource type","AWS access key","AWS region","Error code","Source IP address","Event ID","Read-only"\r
CreateAccessKey,"November 20, 2026, 21:25:09 (UTC+00:00)",alice,iam.amazonaws.com,"a ""quoted"", text
over two lines",AKIAIOSFODNN7EXAMPLE,us-east-1,,192.0.2.44,e-1,false\r
CreateAccessKey,2026-11-20T22:25:09Z,bob,iam.amazonaws.com,,,us-east-1,AccessDenied,192.0.2.44,e-2,false\r
`,
  );
  const { code, stdout, stderr } = await command("replay", path, "--json", ...OWN_RULES);
  expect(code).toBe(0);
  const found = stdout
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line));
  expect(found.map(({ eventID, eventTime, region }) => [eventID, eventTime, region])).toEqual([
    ["e-1", "2026-11-20T21:25:09Z", "us-east-1"],
  ]);
  expect(found[0].identity).toContain("alice");
  expect(stderr).toContain("download it as JSON");
});

test("objects that a table holds as texts are read as objects, and other texts stay", async () => {
  const opened = record({
    eventSource: "ec2.amazonaws.com",
    eventName: "AuthorizeSecurityGroupIngress",
    requestParameters: {
      groupId: "sg-1",
      ipPermissions: {
        items: [{ ipProtocol: "tcp", fromPort: "22", toPort: "22", ipRanges: { items: [{ cidrIp: "0.0.0.0/0" }] } }],
      },
    },
  });
  const { userIdentity, requestParameters } = opened;
  const texts = {
    ...opened,
    userIdentity: json(userIdentity),
    requestParameters: json(requestParameters),
    responseElements: "{x",
  };
  const path = file("athena.jsonl", `${json(texts)}\n${json({ ...texts, eventID: "2", requestParameters: "{" })}\n`);
  const { code, stdout } = await command("replay", path, "--rules", "rules/cis-aws-foundations.yaml", "--json");
  expect(code).toBe(0);
  const lines = stdout
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
  const rang = lines.filter(({ rule }) => rule === "security-group-opened");
  expect(rang).toEqual([
    expect.objectContaining({ eventID: opened.eventID, identity: expect.stringContaining("IAM user") }),
  ]);
});

test("what a pipe delivers is read, by - or by a name", () => {
  const input = json({ Records: [quiet, ringing] });
  const { stdout, status } = spawnSync(process.execPath, [".commands/replay.mjs", "-", "--json", ...OWN_RULES], {
    input,
  });
  expect({ status, lines: String(stdout).trim().split("\n").length }).toEqual({ status: 0, lines: 1 });
});

test("explain, draft and coverage read the same shapes, and say the same of what they cannot read", async () => {
  const path = file("bridge2.json", json(bridge));
  expect((await command("rules", "explain", "access-key-created", path, ...OWN_RULES)).stdout).toContain("✓ rule");
  expect((await command("rules", "draft", path)).stdout).toContain("iam-create-access-key");
  expect((await command("rules", "coverage", path, ...OWN_RULES)).stdout).toContain("noise: 1 records, 1 matches");
  const zip = file("bad/b.zip", zipOf({ "a.json": "{}" }));
  for (const args of [
    ["explain", "access-key-created", zip, ...OWN_RULES],
    ["draft", zip],
    ["coverage", zip],
  ]) {
    const { code, stderr } = await command("rules", ...args);
    expect(stderr).toContain("a zip archive: unpack it");
    expect(code).not.toBe(0);
  }
});

async function* cut(bytes: Buffer, sizes: readonly number[]) {
  let at = 0;
  for (let i = 0; at < bytes.length; i++) {
    const size = sizes[i % sizes.length] ?? 1;
    yield bytes.subarray(at, at + size);
    at += size;
  }
}

test("wherever chunks are cut, a document has the same pieces as JSON.parse finds", async () => {
  const element = fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 3 }), { maxKeys: 4 });
  await fc.assert(
    fc.asyncProperty(
      fc.array(element, { maxLength: 5 }),
      fc.constantFrom("", "Events", "logEvents"),
      fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 5 }),
      fc.constantFrom(undefined, 1, "\t"),
      async (elements, list, sizes, space) => {
        const value = list === "" ? elements : { before: { [list]: [1] }, text: '[{"', [list]: elements, after: [2] };
        const pieces: Piece[] = [];
        for await (const piece of piecesOf(cut(Buffer.from(json(value, null, space)), sizes))) pieces.push(piece);
        expect(pieces.map(({ text }) => JSON.parse(text))).toEqual(JSON.parse(json(elements)));
        expect(pieces.map(({ place }) => place)).toEqual(elements.map((_, i) => `${list}[${i}]`));
      },
    ),
    { numRuns: 300 },
  );
});

test.each([
  ["many records", json({ hits: Array.from({ length: 40_000 }, (_, i) => hit(ringing, i)) })],
  ["one long text", json({ _raw: '\\"z'.repeat(6_000_000) })],
])("an answer of another tool with %s is held once, however many chunks it comes in", async (_what, text) => {
  const bytes = Buffer.from(text);
  const pieces: Piece[] = [];
  const taken = await cpuTimeUntil(async () => {
    for await (const piece of piecesOf(cut(bytes, [4_096]))) pieces.push(piece);
  });
  expect(bytes.length).toBeGreaterThan(16 * 2 ** 20);
  expect(pieces.map((piece) => piece.text === text && piece.place)).toEqual([""]);
  expect(taken).toBeLessThan(3_000);
});

test("texts that end in backslashes are told from their ends wherever a chunk ends", async () => {
  const elements = ["\\", '\\"', 'a\\\\"]', { '\\"k\\': '\\\\\\"' }];
  for (const size of [1, 2, 3, 4, 5, 7]) {
    const pieces: string[] = [];
    const value = { 'a\\"': "\\\\", Records: elements, "b\\": '"\\' };
    for await (const { text } of piecesOf(cut(Buffer.from(json(value)), [size]))) pieces.push(text);
    expect(pieces).toEqual(elements.map((element) => json(element)));
  }
});

test("a file that begins with a long text full of quotes is told apart at once", () => {
  // Each quote in it was once tried as the beginning of another text, to the end of the head.
  const head = Buffer.from(`{"Records":[{"requestParameters":"${'\\"k\\":1,'.repeat(8_000)}`);
  const content = { stored: head, head, isWhole: false, isUtf16: false, decoded: () => onlyHead(head) };
  expect(cpuTimeOf(() => expect(shapeOf("a.json", content)).toBe("log file"))).toBeLessThan(300);
});

async function* onlyHead(head: Buffer) {
  yield head;
}
