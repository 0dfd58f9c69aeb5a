import { mkdtempSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { commandIn } from "../support/command.ts";
import { type LocalTrail, startLocalTrail } from "../support/local-trail.ts";
import { record } from "../support/log-files.ts";

const OWN_RULES = ["--rules", "test/support/rules"] as const;
const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** Midnight of today, in UTC. */
const TODAY = Math.floor(Date.now() / DAY) * DAY;

let trail: LocalTrail;
let cache: string;

beforeEach(async () => {
  trail = await startLocalTrail("none");
  cache = mkdtempSync(join(tmpdir(), "trailbell-history-"));
});
afterEach(() => trail.stop());

/** An event that rings. */
function event(region: string, time: number) {
  const one = record({ eventTime: new Date(time).toISOString().replace(/\.\d+Z/, "Z"), awsRegion: region });
  return { region, time: Math.floor(time / 1000) * 1000, id: String(one.eventID), json: JSON.stringify(one) };
}

async function replay(...args: readonly string[]) {
  const all = ["--event-history", ...args, "--json", ...OWN_RULES];
  const { code, stdout, stderr } = await commandIn({ ...trail.environment, XDG_CACHE_HOME: cache }, "replay", all);
  const found = stdout
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line));
  return { code, stderr, ids: found.map(({ eventID }) => eventID).toSorted(), found };
}

const idsOf = (events: readonly { readonly id: string }[]) => events.map(({ id }) => id).toSorted();
const lookups = (region?: string) => trail.asked.filter(({ kind, of }) => kind === "lookup" && (region ?? of) === of);
const daysOf = (region: string) => join(cache, "trailbell/event-history/111122223333", region);

test("Event history of the shell's region and of the global services is read in pages, no faster than AWS allows, and kept", async () => {
  const yesterday = TODAY - DAY;
  const events = [
    ...Array.from({ length: 12 }, (_, i) => event("eu-central-1", yesterday + i * HOUR)),
    event("us-east-1", yesterday - 5 * HOUR),
  ];
  trail.events = [...events, event("us-west-2", yesterday), event("eu-central-1", TODAY - 30 * DAY)];
  const first = await replay(
    "--since",
    new Date(yesterday - 6 * HOUR).toISOString(),
    "--until",
    new Date(TODAY).toISOString(),
  );
  expect(first).toMatchObject({ code: 0, stderr: "", ids: idsOf(events) });
  expect(new Set(lookups().map(({ of }) => of))).toEqual(new Set(["eu-central-1", "us-east-1"]));
  const times = lookups("eu-central-1").map(({ at }) => at);
  expect(times.length).toBeGreaterThanOrEqual(4);
  // Two a second; the first one may be late, for it opens the connection, and none is ever early.
  expect((times.at(-1) ?? 0) - (times[0] ?? 0)).toBeGreaterThan((times.length - 2) * 500);

  // A day that is over is not asked for again, and what is kept is for its user only.
  trail.asked.length = 0;
  const second = await replay(
    "--since",
    new Date(yesterday - 6 * HOUR).toISOString(),
    "--until",
    new Date(TODAY).toISOString(),
  );
  expect(second.ids).toEqual(first.ids);
  const again = lookups().length;
  // Just after midnight, yesterday may still be incomplete.
  expect(again).toBeLessThanOrEqual(Date.now() - TODAY < HOUR ? 6 : 0);
  for (const name of readdirSync(daysOf("eu-central-1"))) {
    expect(statSync(join(daysOf("eu-central-1"), name)).mode & 0o077).toBe(0);
  }
});

test("what comes later of today is added, and nothing is counted twice", async () => {
  const now = Date.now();
  const before = [event("eu-central-1", now - 2 * 60_000)];
  trail.events = before;
  const since = new Date(now - 10 * 60_000).toISOString();
  expect((await replay("--since", since, "--regions", "eu-central-1")).ids).toEqual(idsOf(before));
  // One that CloudTrail delivers late, and a new one.
  const after = [...before, event("eu-central-1", now - 5 * 60_000), event("eu-central-1", now)];
  trail.events = after;
  expect((await replay("--since", since, "--regions", "eu-central-1")).ids).toEqual(idsOf(after));
});

test("interrupted by expired credentials, it keeps what it has, and goes on from there", async () => {
  const day = TODAY - 2 * DAY;
  const events = Array.from({ length: 23 }, (_, i) => event("eu-central-1", day + i * HOUR));
  trail.events = events;
  const options = [
    "--since",
    new Date(day).toISOString(),
    "--until",
    new Date(day + DAY).toISOString(),
    "--regions",
    "eu-central-1",
  ];
  trail.refuse = ({ kind }) => (kind === "lookup" && lookups().length > 3 ? "ExpiredTokenException" : undefined);
  const broken = await replay(...options);
  expect(broken).toMatchObject({
    code: 1,
    ids: [],
    stderr: expect.stringContaining("your AWS credentials have expired"),
  });
  const [file = ""] = readdirSync(daysOf("eu-central-1")).filter((name) => name.endsWith(".jsonl"));
  const path = join(daysOf("eu-central-1"), file);
  expect(readFileSync(path, "utf8").trim().split("\n")).toHaveLength(15);
  // The process may have died while it wrote.
  writeFileSync(path, `${readFileSync(path, "utf8")}{"eventID":"half`);
  trail.refuse = () => undefined;
  trail.asked.length = 0;
  const rest = await replay(...options);
  expect(rest).toMatchObject({ code: 0, stderr: "", ids: idsOf(events) });
  // Fifteen are there; eight and the one at the seam are left.
  expect(lookups().length).toBeLessThanOrEqual(2);
});

test("throttling is waited out, and with all regions those that the account has not enabled are left out and named", async () => {
  const events = [
    event("eu-central-1", TODAY - DAY + HOUR),
    event("ap-east-1", TODAY - DAY + HOUR),
    event("sa-east-1", TODAY - DAY),
  ];
  trail.events = events;
  let throttled = 0;
  trail.refuse = ({ kind, of }) => {
    if (kind === "lookup" && of === "ap-east-1") return "UnrecognizedClientException";
    if (kind === "lookup" && of === "sa-east-1" && throttled++ < 2) return "ThrottlingException";
    return undefined;
  };
  const options = [
    "--since",
    new Date(TODAY - DAY).toISOString(),
    "--until",
    new Date(TODAY - DAY + 2 * HOUR).toISOString(),
  ];
  const { code, stderr, ids } = await replay(...options, "--regions", "all");
  expect(ids).toEqual(idsOf(events.filter(({ region }) => region !== "ap-east-1")));
  expect({ code, throttled }).toEqual({ code: 0, throttled: 3 });
  expect(stderr).toBe("Event history: ap-east-1 is left out, for this account has not enabled it\n");
});

test.each([
  ["cn-northwest-1", [], ["cn-north-1", "cn-northwest-1"]],
  ["us-gov-east-1", [], ["us-gov-east-1", "us-gov-west-1"]],
  ["us-gov-west-1", ["--regions", "all"], ["us-gov-east-1", "us-gov-west-1"]],
  ["eusc-de-east-1", ["--regions", "all"], ["eusc-de-east-1"]],
  ["us-isob-west-1", [], ["us-isob-east-1", "us-isob-west-1"]],
])("a shell in %s is in a partition of its own, whose regions are asked: %s", async (region, args, expected) => {
  trail.environment = { ...trail.environment, AWS_REGION: region };
  expect(await replay("--since", "1h", ...args)).toMatchObject({ code: 0, stderr: "" });
  expect([...new Set(lookups().map(({ of }) => of))].sort()).toEqual(expected);
});

test("without the permission it says which one, and a region that is none is a usage error", async () => {
  trail.refuse = ({ kind }) => (kind === "lookup" ? "AccessDeniedException" : undefined);
  expect(await replay("--since", "24h")).toMatchObject({
    code: 1,
    stderr: expect.stringContaining("you need cloudtrail:LookupEvents"),
  });
  expect(await replay("--regions", "mars")).toMatchObject({ code: 2 });
});
