import type { Rule } from "../../lambda/core/rules/rule.ts";
import { bySeverity } from "../../lambda/core/rules/severity.ts";
import type { Catalogue, Technique } from "../../lambda/rule-files/technique.ts";
import { CATALOGUES } from "../../lambda/rule-files/technique-warnings.ts";

/** What rules show of a technique. */
export interface Shown {
  readonly technique: Technique;
  readonly state: "covered" | "partly" | "not";
  /** Those that name it, the most urgent first; they may name its sub-techniques only. */
  readonly rules: readonly Rule[];
  /** What they do not show, and why. */
  readonly lack?: string;
}

const MAX_RULES = 8;

/** Each technique of a catalogue, with the rules that name it. A technique has what its sub-techniques have. */
export function shownOf(catalogue: Catalogue, rules: readonly Rule[]): readonly Shown[] {
  const { techniques, field } = catalogue;
  const named = (id: string) => rules.filter((rule) => rule[field]?.includes(id)).toSorted(bySeverity);
  const shown = (technique: Technique): Shown => {
    const own = named(technique.id);
    const below = techniques.filter(({ id }) => id.startsWith(`${technique.id}.`)).map(shown);
    if (own.length === 0 && below.every(({ state }) => state === "not")) {
      return { technique, state: "not", rules: own, lack: technique.missing ?? "None of these rules shows it." };
    }
    const isLess = below.some(({ state }) => state !== "covered");
    const lack = technique.partly ?? (isLess ? "See its sub-techniques." : undefined);
    return { technique, state: lack === undefined ? "covered" : "partly", rules: own, ...(lack && { lack }) };
  };
  return techniques.map(shown);
}

/** How many techniques of each catalogue rules show: one line for each. */
export function countsText(rules: readonly Rule[]): string {
  return CATALOGUES.map(
    (catalogue) => `${catalogue.title}, ${catalogue.edition}: ${countsOf(shownOf(catalogue, rules))}\n`,
  ).join("");
}

function countsOf(shown: readonly Shown[]): string {
  const count = (state: Shown["state"]) => shown.filter((one) => one.state === state).length;
  return `of ${shown.length} techniques ${count("covered")} covered, ${count("partly")} partly, ${count("not")} not`;
}

/** The catalogues as Markdown: by tactic, a table of techniques, with their rules and what these do not show. */
export function techniquesText(rules: readonly Rule[]): string {
  return CATALOGUES.map((catalogue) => catalogueText(catalogue, rules)).join("\n");
}

function catalogueText(catalogue: Catalogue, rules: readonly Rule[]): string {
  const { title, edition, techniques } = catalogue;
  const shown = shownOf(catalogue, rules);
  const tactics = [...new Set(techniques.map(firstTactic))];
  const sections = tactics.map((tactic) => {
    const rows = shown.filter(({ technique }) => firstTactic(technique) === tactic);
    return `### ${headingOf(catalogue, tactic)}\n\n${TABLE}${rows.map((row) => rowOf(catalogue, row)).join("")}`;
  });
  const summary = `${edition.charAt(0).toUpperCase()}${edition.slice(1)}: ${countsOf(shown)}.`;
  return `## ${title}\n\n${summary}\n\n${[...sections, ...beyondText(catalogue, rules)].join("\n")}`;
}

const TABLE = "| technique | told | rules | what is not told, and why |\n|---|---|---|---|\n";

/** The techniques that rules name although nobody expects them to. */
function beyondText(catalogue: Catalogue, rules: readonly Rule[]): readonly string[] {
  const rows = catalogue.beyond.flatMap((technique) => {
    const naming = rules.filter((rule) => rule[catalogue.field]?.includes(technique.id));
    return naming.length === 0 ? [] : [`| ${nameOf(catalogue, technique)} | ${namesOf(naming)} |\n`];
  });
  if (rows.length === 0) return [];
  const head = "ATT&CK does not list these for IaaS, but rules show them. They are not counted.";
  return [`### Elsewhere in ATT&CK\n\n${head}\n\n| technique | rules |\n|---|---|\n${rows.join("")}`];
}

function firstTactic({ tactics: [first = ""] }: Technique): string {
  return first;
}

/** Headings are unique within the page, for links. */
function headingOf({ field }: Catalogue, tactic: string): string {
  return field === "technique" ? tactic : `${tactic} in AWS's catalog`;
}

function rowOf(catalogue: Catalogue, { technique, state, rules, lack = "" }: Shown): string {
  const [, ...also] = technique.tactics;
  const others = also.length === 0 ? "" : ` (also ${also.join(", ")})`;
  const told = { covered: "yes", partly: "partly", not: "no" }[state];
  const names = rules.length > 0 ? namesOf(rules) : state === "not" ? "" : "those of its sub-techniques";
  return `| ${nameOf(catalogue, technique)}${others} | ${told} | ${names} | ${lack} |\n`;
}

function nameOf({ techniques, address }: Catalogue, { id, name }: Technique): string {
  const parent = techniques.find((other) => id.startsWith(`${other.id}.`));
  return `[${id}](${address(id)}) ${parent === undefined ? name : `${parent.name}: ${name}`}`;
}

function namesOf(rules: readonly Rule[]): string {
  const shown = rules.slice(0, MAX_RULES).map(({ name }) => `\`${name}\``);
  return [...shown, ...(rules.length > MAX_RULES ? [`and ${rules.length - MAX_RULES} more`] : [])].join(", ");
}
