import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { CHECKS } from "../../lambda/core/health/finding.ts";
import { FAMILIES } from "../../lambda/core/ledger/families.ts";
import { SEVERITIES } from "../../lambda/core/rules/severity.ts";
import { readDeskSettings } from "../../lib/settings.ts";
import { settingsSchema } from "../../lib/settings-schema.ts";
import { ROW_LABELS } from "../support/row-labels.ts";

const LISTS = new RegExp(`: (${SEVERITIES[0]}, [\\w, ]+?) (?:or|and) (\\w+)\\.`, "g");

const textOf = (path: string) => readFileSync(path, "utf8");

test("the pages and the settings list the severities that there are", () => {
  const listed = /\| `severity` \| (.*?) \|/;
  for (const page of ["docs/rules.md", "docs/alert-json.md"]) {
    const [, row = ""] = listed.exec(textOf(page)) ?? [];
    expect({ page, severities: Array.from(row.matchAll(/`(\w+)`/g), ([, one]) => one) }).toEqual({
      page,
      severities: SEVERITIES,
    });
  }
  const table = /^\| \| a severity that was.*\n\|[-|]+\n((?:\|.*\n)+)/m.exec(textOf("docs/delivery.md"))?.[1] ?? "";
  const told = Array.from(table.matchAll(/^\| ([\w, ]+) \|/gm), ([, names = ""]) => names.split(/, /)).flat();
  expect(told).toEqual(SEVERITIES);
  const lists = Array.from(textOf("trailbell.config.yaml").matchAll(LISTS));
  expect(lists.map(([, names, last]) => `${names}, ${last}`)).toEqual([
    SEVERITIES.join(", "),
    [...SEVERITIES, "none"].join(", "),
  ]);
});

test("the report's page has a colour for each severity, on light and on dark paper", () => {
  const css = textOf("cli/replay/html/browser/page.css");
  for (const severity of SEVERITIES) {
    expect({ severity, colours: css.match(new RegExp(`^ +--${severity}: #`, "gm")) }).toEqual({
      severity,
      colours: [expect.anything(), expect.anything()],
    });
    expect(css).toMatch(new RegExp(`^\\.${severity}::before \\{\\n  background: var\\(--${severity}\\);`, "m"));
  }
});

test("each command is a script of its name, and no script of cli/ is forgotten", () => {
  const { scripts } = JSON.parse(textOf("package.json"));
  const ran = Object.entries<string>(scripts).flatMap(([script, line]) => {
    const [, file] = /^tsx cli\/(\w+)\.ts$/.exec(line) ?? [];
    return file === undefined ? [] : [{ script, file }];
  });
  const table = /const COMMANDS[^{]*\{[^{]*\{\n([\s\S]*?)\n\};/.exec(textOf("cli/trailbell.ts"))?.[1] ?? "";
  const commands = Array.from(table.matchAll(/^ {2}(\w+): .*import\("\.\/(\w+)\.ts"\)/gm));
  expect(commands.length).toBeGreaterThan(5);
  const wanted = commands.map(([, script, file]) => ({ script, file }));
  expect(ran.sort(byScript)).toEqual(wanted.sort(byScript));
});

function byScript(a: { readonly script?: string | undefined }, b: { readonly script?: string | undefined }): number {
  return (a.script ?? "").localeCompare(b.script ?? "");
}

test("docs/settings.md names the settings that are JSON on the command line", () => {
  const isJson = (name: string) => {
    try {
      readDeskSettings("no-such-file.yaml", (asked) => (asked === name ? "no-such-file.json" : undefined));
    } catch (error) {
      return String(error).includes(`-c ${name}: ${name} is JSON, or the name of a file`);
    }
    return false;
  };
  const [line = ""] = /^- Write .* as JSON, .*$/m.exec(textOf("docs/settings.md")) ?? [];
  const told = Array.from(line.matchAll(/`(\w+)`/g), ([, name]) => name);
  expect(told.sort()).toEqual(Object.keys(settingsSchema.shape).filter(isJson).sort());
});

test("docs/reading-a-mail.md says what each row of a mail says, but for the few that only mails about mutes have", () => {
  const files = readdirSync("lambda/core", { recursive: true, encoding: "utf8" }).filter((name) =>
    name.endsWith(".ts"),
  );
  // The label is the first argument, or one of several in it.
  const used = files.flatMap((name) =>
    Array.from(textOf(join("lambda/core", name)).matchAll(/\brow\(([^,]*),/g), ([, first = ""]) => first).flatMap(
      (first) => Array.from(first.matchAll(/"([A-Z][^"]*)"/g), ([, label = ""]) => label),
    ),
  );
  const ofMutes = ["Reason", "End it", "Ended", "Count", "Incident"];
  expect([...new Set(used)].sort()).toEqual([...ROW_LABELS, ...ofMutes].sort());
});

test("docs/doctor.md has a section for each check, or names it in the section of its kind", () => {
  const page = textOf("docs/doctor.md");
  const sections = Array.from(page.matchAll(/^## (.*)$/gm), ([, title = ""]) => title);
  const others = CHECKS.filter((check) => !sections.includes(check));
  for (const check of others) expect(page).toContain(`\`${check}\``);
  expect(sections.filter((title) => !CHECKS.some((check) => check === title))).toEqual(["could not be looked at"]);
  expect(others.length).toBeLessThan(5);
});

test("each check is made by doctor or by the hourly look", () => {
  const places = ["cli/doctor", "cli/aws", "lambda/core/health"];
  const text = ["cli/doctor.ts", ...places.flatMap((folder) => readdirSync(folder).map((name) => join(folder, name)))]
    .filter((path) => path.endsWith(".ts") && !path.endsWith("/finding.ts"))
    .map(textOf)
    .join("\n");
  const kindOf = (check: string) => check.slice(check.lastIndexOf("-"));
  const isMade = (check: string) => text.includes(`"${check}"`) || text.includes(`}${kindOf(check)}\``);
  expect(CHECKS.filter((check) => !isMade(check))).toEqual([]);
});

test("what stands in the table is a family of families.ts, or docs/decisions/ledger.md names it", () => {
  const files = readdirSync("lambda/core", { recursive: true, encoding: "utf8" }).filter((name) =>
    name.endsWith(".ts"),
  );
  const begun = files.flatMap((name) =>
    Array.from(
      textOf(join("lambda/core", name)).matchAll(/(?:return|=>?) `([a-z0-9-]+)#\$\{/g),
      ([, family = ""]) => family,
    ),
  );
  expect(begun.length).toBeGreaterThan(10);
  const [, sentence = ""] = /^.*lists these families\.(.*)$/m.exec(textOf("docs/decisions/ledger.md")) ?? [];
  const named = Array.from(sentence.matchAll(/`([a-z-]+)`/g), ([, family = ""]) => family);
  const known = [...Object.keys(FAMILIES), ...named];
  expect(begun.filter((family) => !known.includes(family))).toEqual([]);
  expect(named.filter((family) => Object.hasOwn(FAMILIES, family))).toEqual([]);
});

test("docs/samples.md says what each sample in events/ shows", () => {
  const samples = readdirSync("events").filter((name) => name.endsWith(".json"));
  const told = Array.from(textOf("docs/samples.md").matchAll(/^\| (`.*?) \|/gm), ([, cell = ""]) => cell).flatMap(
    (cell) => Array.from(cell.matchAll(/`([^`]+)`/g), ([, name]) => name),
  );
  expect(told.sort()).toEqual(samples.sort());
});
