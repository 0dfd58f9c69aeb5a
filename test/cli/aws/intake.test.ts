import { readIntake } from "../../../cli/aws/intake.ts";
import { type Listed, startListing } from "../../support/local-listing.ts";
import { ACCOUNT } from "../../support/log-files.ts";

const listing = await startListing();
afterAll(() => listing.stop());
Object.assign(process.env, {
  AWS_ENDPOINT_URL: listing.endpoint,
  AWS_ACCESS_KEY_ID: "local",
  AWS_SECRET_ACCESS_KEY: "local",
});

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const REGION = "us-east-1";

/** A log file of some time; `name` makes its key unique, and sorts those of one minute. */
function logFile(at: number, name: number, region = REGION): Listed {
  const time = new Date(at).toISOString();
  const file = `${ACCOUNT}_CloudTrail_${region}_${time.slice(0, 16).replace(/[-:]/g, "")}Z_${String(name).padStart(16, "0")}.json.gz`;
  return { key: `AWSLogs/${ACCOUNT}/CloudTrail/${region}/${time.slice(0, 10).replaceAll("-", "/")}/${file}`, at };
}

/** So many log files, spread evenly between two times. */
function logFiles(count: number, from: number, to: number): readonly Listed[] {
  return Array.from({ length: count }, (_, i) => logFile(from + Math.floor((i * (to - from)) / (count - 1)), i));
}

async function newest(now: number, ...objects: readonly Listed[]) {
  listing.objects = objects;
  listing.asked.length = 0;
  return readIntake(REGION).newest("trail", "AWSLogs/", ACCOUNT, now);
}

const NOON = Date.UTC(2026, 10, 20, 12);
const MIDNIGHT = Date.UTC(2026, 10, 20);

test.each<[string, number, readonly Listed[]]>([
  ["an hour of three pages", NOON, logFiles(2_500, NOON - HOUR + MINUTE, NOON - MINUTE)],
  ["a busy morning, and silence since", NOON, logFiles(6_000, MIDNIGHT, NOON - 5 * HOUR)],
  ["a night across midnight", MIDNIGHT + 20 * MINUTE, logFiles(2_500, MIDNIGHT - 30 * MINUTE, MIDNIGHT + 10 * MINUTE)],
  [
    "a busy evening, and silence after midnight",
    MIDNIGHT + 2 * HOUR,
    logFiles(4_000, MIDNIGHT - 3 * HOUR, MIDNIGHT - MINUTE),
  ],
  ["a trail that ended yesterday morning", NOON, logFiles(5_000, NOON - 60 * HOUR, NOON - 30 * HOUR)],
  ["a trail that ended the day before", NOON, logFiles(5_000, NOON - 70 * HOUR, NOON - 50 * HOUR)],
  ["a few files", NOON, logFiles(3, NOON - 2 * HOUR, NOON - HOUR)],
])("the newest log file is found: %s", async (_, now, objects) => {
  expect(await newest(now, ...objects)).toEqual(objects.at(-1));
});

test("a file that came late is the newest, whatever its key says", async () => {
  const files = logFiles(2_500, NOON - 40 * MINUTE, NOON - 10 * MINUTE);
  const late = { ...logFile(NOON - 15 * MINUTE, 9_999), at: NOON - MINUTE };
  expect(await newest(NOON, ...files, late)).toEqual(late);
});

test("other regions are not asked, nor read to the end what is older than the newest hour", async () => {
  const files = logFiles(20_000, MIDNIGHT, NOON - MINUTE);
  expect(await newest(NOON, ...files, logFile(NOON, 0, "eu-west-1"))).toEqual(files.at(-1));
  expect(listing.asked.length).toBeLessThan(6);
});

test("of older files one is named all the same, and of none nothing", async () => {
  const old = logFile(NOON - 90 * HOUR, 1);
  expect(await newest(NOON, old)).toEqual(old);
  expect(await newest(NOON)).toBeUndefined();
});
