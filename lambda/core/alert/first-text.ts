import { clock } from "./describe.ts";
import type { Report } from "./report.ts";
import type { FirstTime } from "./story/told.ts";
import { name } from "./text.ts";

/** How many of them a mail names. */
const SHOWN = 5;

/** What the records of a report are the first to have, each once. */
export function firstsIn({ lines }: Pick<Report, "lines">): readonly FirstTime[] {
  const all = new Map<string, FirstTime>();
  for (const first of lines.flatMap(({ firsts = [] }) => firsts)) {
    const key = `${first.of} ${first.value} ${first.by}`;
    if (!all.has(key)) all.set(key, first);
  }
  return [...all.values()];
}

/** The same as a mail says it: `network 203.0.113.0/16: never seen from this caller in 45 days of calls`. */
export function newText(report: Pick<Report, "lines">): readonly string[] {
  const firsts = firstsIn(report);
  const more = firsts.length - SHOWN;
  return [...firsts.slice(0, SHOWN).map(textOf), ...(more > 0 ? [`and ${more} more, which the JSON names`] : [])];
}

const NAMES: { readonly [of: string]: string } = {
  sourceNetwork: "network",
  credential: "key",
  actor: "caller",
};

function textOf({ of, value, by, days, last }: FirstTime): string {
  const what = `${Object.hasOwn(NAMES, of) ? NAMES[of] : name(of)} ${networkText(of, value)}`;
  const whose = by === "account" ? "in this account" : of === "sourceNetwork" ? "from this caller" : "by this caller";
  if (last !== undefined) return `${what}: last used ${whose} on ${clock(last, "UTC").slice(0, 10)}`;
  return `${what}: never seen ${whose} in ${days === 1 ? "one day" : `${days} days`} of calls`;
}

function networkText(of: string, value: string): string {
  if (of !== "sourceNetwork") return name(value);
  if (value === "aws") return "of AWS";
  return value.startsWith("private ") ? `behind endpoint ${name(value.slice("private ".length))}` : name(value);
}
