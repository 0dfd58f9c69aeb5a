import { nearestText } from "../lambda/rule-files/nearest-name.ts";
import { packPath } from "../lib/pack-path.ts";
import { readArguments, ruleArguments, runCommand, UsageError } from "./usage.ts";

const HELP = `Usage: npm run rules -- check [--strict] [PATH...]
       npm run rules -- test [PATH...]
       npm run rules -- list [--json] [--rules PATH]...
       npm run rules -- explain RULE RECORD.json [--event ID] [--rules PATH]...
       npm run rules -- draft RECORD.json [--event ID] [--except RULE]
       npm run rules -- schema
       npm run rules -- reference
       npm run rules -- coverage
       npm run rules -- coverage DIR [--except-agent TEXT] [--map FILE]
       npm run rules -- coverage --busy-week [--seed N] [--days N] [--learn DAYS] [--share X] [--json]
       npm run rules -- event-names WHEEL

check     prints each fault as file:line: rule: what is wrong, and exits with 1 if there are any;
          warnings go to stderr and do not change the exit code; --strict refuses them too, and a rule that lacks why,
          do, a record that it must match, or one that it must not match
test      runs the tests inside the rules and exits with 1 if one fails
list      shows what is watched, and the values that pick the records for each rule
explain   shows which condition of RULE met or missed the record in the file, and the value that it saw; of a file with
          many records, those that match, or the one with --event ID (its eventID)
draft     prints a rule with two tests, made from the record in the file; with --except, an exception of RULE for the
          record's caller; of a file with many records, the first, or the one with --event ID
coverage  shows how many techniques of MITRE ATT&CK and of AWS's catalog the rules show (docs/rules-reference.md says which)
          or, with DIR, how much the rules ring on the log files there: messages per 1,000 records and by rule; with an
          index.json there, how many techniques ring; with verdicts of others and --map FILE, how often they agree;
          with --busy-week, on a made-up week of thirty people with twenty accounts and six attacks in it: mails a day
          with and without the attacks, by rule, and how soon each attack is told. --seed makes other weeks (1),
          --days makes fewer of them (7), --learn is how many days come before (14), --share is how much of what
          machines repeat is played (1, all of it)
reference prints the table of the rules, as in docs/rules-reference.md
schema    prints the JSON Schema of rule files, as in docs/rules.schema.json
event-names
          prints the names that check knows (lambda/rule-files/event-name-list.ts), made from a wheel of botocore
          (pip download botocore --no-deps)

PATH is a rule file or a folder of them; the default is the packs of trailbell.config.yaml. --rules replaces them and may
be repeated.
`;

/** The commands, and the options of each. */
const COMMANDS: { readonly [command: string]: readonly string[] } = {
  check: ["strict", "rules"],
  test: ["rules"],
  list: ["json", "rules"],
  explain: ["event", "rules"],
  draft: ["event", "except"],
  coverage: ["except-agent", "map", "busy-week", "seed", "days", "learn", "share", "json", "rules"],
  reference: ["rules"],
  schema: [],
  "event-names": [],
};

async function rules(args: readonly string[]): Promise<number> {
  const { values, positionals } = readArguments(args, HELP, {
    rules: { type: "string", multiple: true },
    json: { type: "boolean" },
    strict: { type: "boolean" },
    "except-agent": { type: "string" },
    map: { type: "string" },
    except: { type: "string" },
    event: { type: "string" },
    "busy-week": { type: "boolean" },
    seed: { type: "string" },
    days: { type: "string" },
    learn: { type: "string" },
    share: { type: "string" },
  });
  const [command, ...rest] = positionals;
  const strange = Object.keys(values).find((option) => COMMANDS[command ?? ""]?.includes(option) === false);
  if (strange !== undefined) throw new UsageError(`${command} takes no --${strange}`);
  const paths = ruleArguments(values.rules);
  const packs = async () => {
    const given = [...rest, ...paths];
    if (given.length > 0) return given.map((pack) => packPath(pack));
    return (await import("./desk.ts")).deskPacks();
  };
  switch (command) {
    case "check":
      return (await import("./rules/check.ts")).check(await packs(), values.strict ?? false);
    case "test":
      return (await import("./rules/test.ts")).test(await packs());
    case "list":
      exactly(0, rest, "list takes rule files as --rules PATH");
      return (await import("./rules/list.ts")).list(paths, values.json ?? false);
    case "explain": {
      const [name = "", file = ""] = exactly(2, rest, "explain needs the name of a rule and a file with a record");
      return (await import("./rules/explain.ts")).explain(name, file, paths, values.event);
    }
    case "draft": {
      const [file = ""] = exactly(1, rest, "draft needs a file with a record");
      return (await import("./rules/draft.ts")).draft(file, values.event, values.except);
    }
    case "coverage": {
      if (values["busy-week"]) {
        exactly(0, rest, "coverage takes a folder or --busy-week, not both");
        const options = {
          seed: numberOf(values.seed ?? "1", "--seed", 0, 1e9),
          days: numberOf(values.days ?? "7", "--days", 1, 31),
          learningDays: numberOf(values.learn ?? "14", "--learn", 0, 60),
          share: numberOf(values.share ?? "1", "--share", 0, 1, false),
        };
        const { busyWeek } = await import("./busy-week/busy-week.ts");
        return busyWeek(options, paths, values.json ?? false);
      }
      const { coverage, techniqueCoverage } = await import("./rules/coverage.ts");
      if (rest.length === 0 && values.map === undefined) return techniqueCoverage(paths);
      const [folder = ""] = exactly(1, rest, "coverage needs a folder with log files");
      return coverage(folder, { rules: paths, exceptAgent: values["except-agent"], map: values.map });
    }
    case "reference":
      return (await import("./rules/reference.ts")).reference(await packs());
    case "schema":
      exactly(0, rest, "schema takes no arguments");
      return (await import("./rules/schema.ts")).schema();
    case "event-names": {
      const [wheel = ""] = exactly(1, rest, "event-names needs a wheel of botocore");
      return (await import("./rules/event-names.ts")).eventNames(wheel);
    }
    default:
      throw new UsageError(
        command === undefined
          ? `rules needs a command: ${Object.keys(COMMANDS).join(", ")}`
          : `unknown command ${command}${nearestText(command, Object.keys(COMMANDS))}`,
      );
  }
}

function numberOf(text: string, option: string, least: number, most: number, isWhole = true): number {
  const value = /^\d+(?:\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
  if (value >= least && value <= most && (!isWhole || Number.isInteger(value))) return value;
  throw new UsageError(`${option} is a ${isWhole ? "whole " : ""}number from ${least} to ${most}, not ${text}`);
}

function exactly(count: number, given: readonly string[], message: string): readonly string[] {
  if (given.length !== count) throw new UsageError(message);
  return given;
}

await runCommand(rules);
