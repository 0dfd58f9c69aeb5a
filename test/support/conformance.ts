import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import type { CloudTrailRecord } from "../../lambda/core/record/record.ts";

export const CONFORMANCE = join(process.cwd(), "..", "shared", "conformance");

/** The conformance cases stand beside the project in CI; a plain clone has none. */
export const hasConformance = existsSync(CONFORMANCE);

/** `test`, or a skipped test whose name says why. */
export function conformanceTest(name: string, body: () => unknown): void {
  if (!hasConformance)
    test.skip(`${name} (skipped: ../shared/conformance is not here)`, async () => void (await body()));
  else test(name, async () => void (await body()));
}

export function conformanceFile(...path: readonly string[]): Buffer {
  return readFileSync(join(CONFORMANCE, ...path));
}

// biome-ignore lint/suspicious/noExplicitAny: cases of many shapes, read by tests that know theirs
export function conformanceJson(...path: readonly string[]): any {
  return JSON.parse(conformanceFile(...path).toString());
}

export function conformanceFolder(...path: readonly string[]): readonly string[] {
  return readdirSync(join(CONFORMANCE, ...path)).sort();
}

/** The records of real logs among the cases; none in a plain clone. */
export function realRecords(): readonly CloudTrailRecord[] {
  if (!hasConformance) return [];
  const stratus = conformanceFolder("stratus")
    .filter((name) => name.endsWith(".json") && name !== "index.json")
    .flatMap((name) => conformanceJson("stratus", name));
  return [...invictusRecords(), ...stratus];
}

/** The records of one intrusion, in the order of its log files' names. */
export function invictusRecords(): readonly CloudTrailRecord[] {
  return conformanceFolder("invictus")
    .filter((name) => name.endsWith(".json.gz"))
    .flatMap((name) => JSON.parse(gunzipSync(conformanceFile("invictus", name)).toString()).Records);
}
