import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { command, run } from "../support/command.ts";
import { HOUR, LocalTrail, listedKeys, type Objects, signingKey, syncTo } from "../support/digests.ts";
import { isInstalled } from "../support/installed.ts";
import { startBucket } from "../support/local-bucket.ts";
import { first } from "../support/runs.ts";

/** CloudTrail's own validator, if this machine has it; with THOROUGH=1 it is asked about all of them. */
const HAS_CLI = isInstalled("aws");

const KEY = signingKey();
const HOURS = 10;
const END = Math.floor(Date.now() / HOUR) * HOUR - 40 * HOUR;
const SPAN = [END - HOURS * HOUR, END].map((time) => `${new Date(time).toISOString().slice(0, 19)}Z`);
const [SINCE = "", UNTIL = ""] = SPAN;

/** A trail, and what it wrote in each of its hours; `hours[0]` begins at SINCE, and three more come behind UNTIL. */
interface World {
  readonly objects: Objects;
  readonly trail: LocalTrail;
  readonly hours: ReturnType<LocalTrail["hour"]>[];
}

function world(options: { readonly region?: string } = {}, objects: Objects = new Map()): World {
  const trail = new LocalTrail(objects, { key: KEY, homeRegion: "us-east-1", ...options });
  trail.hour(END - (HOURS + 1) * HOUR);
  trail.hour(END - HOURS * HOUR);
  const hours = Array.from({ length: HOURS + 3 }, (_, i) => trail.hour(END - (HOURS - 1 - i) * HOUR));
  return { objects, trail, hours };
}

/** What was done to a bucket, by the words of the table in docs/completeness.md. */
const TAMPERINGS: { readonly [what: string]: (one: World) => void } = {
  "the newest three hours are gone": ({ objects, hours }) => remove(objects, hours.slice(HOURS - 3)),
  "everything of the time is gone": ({ objects, hours }) => remove(objects, hours),
  "a forged file was added": ({ trail }) => void trail.file(END - 5 * HOUR, `{"Records":["forged"]}`),
  "another region's files are gone": ({ objects }) => {
    const other = world({ region: "eu-west-1" }, objects);
    remove(objects, other.hours);
  },
  "logging was stopped and started": ({ objects, trail, hours }) => {
    remove(objects, hours.slice(5));
    trail.restart();
    for (let i = 8; i < hours.length; i++) trail.hour(END - (HOURS - 1 - i) * HOUR);
  },
  "two hours in the middle are gone": ({ objects, hours }) => remove(objects, hours.slice(4, 6)),
  "the oldest hours are gone": ({ objects, hours }) => remove(objects, hours.slice(0, 3)),
  "a log file was modified": ({ objects, hours }) => replace(objects, hours[4]?.files[0]?.key, `{"Records":[]}`),
  "two log files were swapped": ({ objects, hours }) => {
    const [a = "", b = ""] = hours[4]?.files.map(({ key }) => key) ?? [];
    const [one, other] = [objects.get(a), objects.get(b)];
    if (one && other) objects.set(a, other).set(b, one);
  },
  "a log file is gone": ({ objects, hours }) => void objects.delete(hours[4]?.files[0]?.key ?? ""),
  "a digest was edited": ({ objects, hours }) => {
    const key = hours[4]?.digest ?? "";
    const digest = JSON.parse(gunzipSync(objects.get(key)?.body ?? "").toString());
    replace(objects, key, JSON.stringify({ ...digest, logFiles: [] }));
  },
  "an older digest lies under a newer one's key": ({ objects, hours }) => {
    const older = objects.get(hours[3]?.digest ?? "");
    if (older) objects.set(hours[5]?.digest ?? "", older);
  },
};

/** The rows of the table: what was done, what `verify` names, its exit code, and that of `validate-logs`. */
const ROWS = [
  ...readFileSync("docs/completeness.md", "utf8").matchAll(/^\| ([^|]+) \| `([\w-]+)`, (\d) \| (\d)\b[^|]*\|$/gm),
].map(([, what = "", named = "", own = "", theirs = ""]) => [what, named, Number(own), Number(theirs)] as const);

test("the table in the docs has a row for each tampering", () => {
  expect(ROWS.map(([what]) => what).sort()).toEqual(Object.keys(TAMPERINGS).sort());
});

const bucket = await startBucket(new Map(), [KEY]);
afterAll(() => bucket.stop());

function tampered(what: string): Objects {
  const one = world();
  TAMPERINGS[what]?.(one);
  return one.objects;
}

test.each(ROWS)("%s: verify says %s and exits with %p", async (what, named, own) => {
  const folder = mkdtempSync(join(tmpdir(), "trailbell-verify-"));
  syncTo(join(folder, "trail"), tampered(what));
  writeFileSync(join(folder, "keys.json"), JSON.stringify(listedKeys(KEY)));
  const span = ["--since", SINCE, "--until", UNTIL, "--keys", join(folder, "keys.json")];
  const { code, stdout } = await command("verify", join(folder, "trail"), ...span, "--json");
  const told = JSON.parse(stdout).findings.map((finding: { what: string }) => finding.what);
  expect({ code, told }).toEqual({ code: own, told: expect.arrayContaining([named]) });
});

const validatorTest: typeof test.each = HAS_CLI ? test.each : test.skip.each;

validatorTest(first(1, ROWS))(
  `%s: AWS's validator exits as the docs say${HAS_CLI ? "" : " (needs the aws command)"}`,
  async (what, _, __, theirs) => {
    bucket.objects = tampered(what);
    const arn = "arn:aws:cloudtrail:us-east-1:111122223333:trail/main";
    const span = ["--s3-bucket", "trail", "--start-time", SINCE, "--end-time", UNTIL];
    const args = ["cloudtrail", "validate-logs", "--trail-arn", arn, ...span];
    const { code, stdout, stderr } = await run("aws", args, bucket.environment);
    expect({ code, output: stdout + stderr }).toEqual({
      code: theirs,
      output: expect.stringMatching(/Results requested for|No digest files were found/i),
    });
  },
  60_000,
);

function remove(objects: Objects, hours: World["hours"]): void {
  for (const { digest, files } of hours)
    for (const key of [digest, ...files.map((file) => file.key)]) objects.delete(key);
}

function replace(objects: Objects, key: string | undefined, content: string): void {
  const known = objects.get(key ?? "");
  if (key === undefined || known === undefined) throw new Error(`no ${key}`);
  objects.set(key, { ...known, body: gzipSync(content) });
}
