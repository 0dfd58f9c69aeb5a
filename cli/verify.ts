import { existsSync, statSync } from "node:fs";
import { DIGEST_DUE } from "../lambda/core/digest/coverage.ts";
import { createKeyRing, keysOf } from "../lambda/core/digest/key-ring.ts";
import { listPublicKeys, s3Bucket } from "./aws/log-bucket.ts";
import { timeOf } from "./times.ts";
import { readArguments, runCommand, UsageError } from "./usage.ts";
import { regionsBelow } from "./verify/account-region.ts";
import type { LogBucket } from "./verify/bucket.ts";
import { type CopiedFrom, copiedFrom, folderBucket } from "./verify/folder.ts";
import { readKeys } from "./verify/keys-file.ts";
import { verifyRegions } from "./verify/region-report.ts";
import { exitCodeOf, missingOf, type Proof, proofJson, proofText, readExpected } from "./verify/report.ts";

const HELP = `Usage: npm run verify -- s3://BUCKET[/PREFIX] | DIR [--since TIME] [--until TIME] [--keys FILE]
                     [--from s3://BUCKET/PREFIX] [--expect REPORT] [--json]

Proves from CloudTrail's digests that the log files of a bucket are those that CloudTrail wrote, and that none is missing:
for each account, region and hour. It expects a digest for every hour of every chain that wrote one in the 35 days before.

PREFIX ends anywhere above AWSLogs, at AWSLogs, or at an account's folder. DIR is a copy as aws s3 sync leaves it. A copy has
no signatures; each digest has that of the one before it. For the newest one, put what aws s3api head-object prints of it
beside it, as KEY.metadata.json.

  --since TIME     from this time on, for instance 2026-11-20 or 2026-11-20T21:00:00Z; a day before --until if left out
  --until TIME     until this time; if left out, until 3 h 15 min ago: what was before is in digests that must be there
  --keys FILE      CloudTrail's public keys, as aws cloudtrail list-public-keys prints them, or a list of such answers;
                   if left out, CloudTrail is asked, in the region of each digest
  --from s3://...  what DIR is a copy of; if left out, what most of its digests say
  --expect REPORT  an earlier report (--json): what it has must still be there
  --json           one JSON object on stdout

Exit code: 0 everything is proven; 1 something is wrong: missing, changed, forged, or not signed; 2 the command line is wrong;
3 nothing is wrong, but not everything could be judged. What this does not prove is at the end of each report.
`;

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

async function verify(args: readonly string[]): Promise<number> {
  const { values, positionals } = readArguments(args, HELP, {
    since: { type: "string" },
    until: { type: "string" },
    keys: { type: "string" },
    from: { type: "string" },
    expect: { type: "string" },
    json: { type: "boolean" },
  });
  const [path, ...others] = positionals;
  if (path === undefined || others.length > 0)
    throw new UsageError("verify needs one s3://BUCKET/PREFIX or one folder");
  const now = Date.now();
  // Of the future there is nothing to prove, hour by hour.
  const until = Math.min(timeOf(values.until, "--until", now) ?? now - DIGEST_DUE - HOUR, now);
  const from = timeOf(values.since, "--since", now) ?? until - DAY;
  if (from >= until) throw new UsageError("--since must be before --until");
  const findKey = values.keys === undefined ? createKeyRing(listPublicKeys()) : keysOf(readKeys(values.keys));
  const expected = values.expect === undefined ? [] : readExpected(values.expect);
  const { bucket, prefix } = await logBucketAt(path, values.from);
  const question = { bucket, findKey, from, until, now };
  const found = await regionsBelow(bucket, prefix);
  const regions = await verifyRegions(found, question);
  const proof: Proof = { regions, findings: missingOf(expected, regions, question) };
  process.stdout.write(values.json ? proofJson(proof, question) : proofText(proof, question));
  if (found.length > 0) return exitCodeOf(proof);
  process.stderr.write(
    `${path}: there is no AWSLogs folder with an account below it: everything is gone, or elsewhere\n`,
  );
  return 1;
}

async function logBucketAt(
  path: string,
  from: string | undefined,
): Promise<{ readonly bucket: LogBucket; readonly prefix: string }> {
  if (path.startsWith("s3://")) {
    if (from !== undefined) throw new UsageError("--from is for a folder");
    const { bucket, prefix } = placeIn(path);
    return { bucket: await s3Bucket(bucket), prefix };
  }
  if (!existsSync(path) || !statSync(path).isDirectory()) throw new UsageError(`${path} is no folder`);
  const source = from === undefined ? copiedFrom(path) : placeIn(from);
  // Without a digest nobody knows where it is from, and nothing depends on it.
  const { bucket, prefix } = source ?? { bucket: "unknown", prefix: "" };
  return { bucket: folderBucket(path, { bucket, prefix }), prefix };
}

/** `s3://bucket/a prefix`: with a slash at the end of the prefix, if there is one. */
function placeIn(text: string): CopiedFrom {
  const [, bucket = "", rest = ""] = /^s3:\/\/([^/]+)(?:\/(.*))?$/.exec(text) ?? [];
  if (bucket === "") throw new UsageError(`${text}: write s3://BUCKET or s3://BUCKET/PREFIX`);
  return { bucket, prefix: rest === "" || rest.endsWith("/") ? rest : `${rest}/` };
}

await runCommand(verify);
