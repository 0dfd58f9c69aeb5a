import { readdirSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { command } from "../support/command.ts";
import {
  CONFORMANCE,
  conformanceFile,
  conformanceFolder,
  conformanceTest,
  hasConformance,
} from "../support/conformance.ts";

const CASES = hasConformance ? conformanceFolder("hiding") : ["none here"];

/** Where a real call stands among others, its target is called so. */
const REAL = /[\w-]*REAL[\w-]*/;

/** Names of the real targets in the log files of a case. */
function realTargets(name: string): readonly string[] {
  const folder = `${CONFORMANCE}/hiding/${name}/store`;
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".json.gz"))
    .flatMap((file) => {
      const text = gunzipSync(conformanceFile("hiding", name, "store", file)).toString();
      return REAL.exec(text)?.[0] ?? [];
    });
}

for (const name of CASES) {
  conformanceTest(`hiding/${name}: the real target stands in what people receive`, async () => {
    const events = conformanceFolder("hiding", name).filter((file) => file.startsWith("event-"));
    const folder = `${CONFORMANCE}/hiding/${name}`;
    const { stdout } = await command(
      "invoke",
      ...events.map((file) => `${folder}/${file}`),
      "--store",
      `${folder}/store`,
    );
    for (const target of new Set(realTargets(name))) expect(stdout).toContain(target);
    // What is held back longer than a caller's silence is low, and comes in the round-up.
    const late = [...stdout.matchAll(/^── email, (\d+) h later ─+\nSubject: (.*)$/gm)].map(([, , subject]) => subject);
    for (const subject of late) expect(subject).toMatch(/^\[(?:LOW|INFO)\] Daily round-up/);
  });
}
