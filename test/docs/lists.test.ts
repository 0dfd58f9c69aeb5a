import { readFileSync } from "node:fs";
import { SEVERITIES } from "../../lambda/core/rules/severity.ts";

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
  const lists = Array.from(textOf("trailbell.config.yaml").matchAll(/: (critical, [\w, ]+?) (?:or|and) (\w+)\./g));
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
