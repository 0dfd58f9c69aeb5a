import { textAt } from "../../record/record.ts";
import { viewOf } from "../../record/view.ts";
import type { Report } from "../report.ts";
import { sumOf } from "../story/story.ts";
import { isPlain } from "./commands.ts";
import { isUseless } from "./gone.ts";
import { withNamesOfNow } from "./renames.ts";
import { undoOf } from "./undo.ts";

/** The users whom the calls of a report's incident made and who are still there: those who are named, and how many more there may be. */
export interface Made {
  readonly users: readonly string[];
  readonly more: number;
  /** What undoes the calls that made those who are named. */
  readonly undo: readonly string[];
}

export const NO_USERS: Made = { users: [], more: 0, undo: [] };

/** How many users one command names. */
const MAX_USERS = 4;

const [MAKES_USER, DELETES_USER] = ["iam:CreateUser", "iam:DeleteUser"];

/** Users are made to come back by: whoever is locked out has another way in. */
export function usersMadeIn(whole: Report): Made {
  const report = withNamesOfNow(whole);
  const makers = report.kept.filter(({ record }) => {
    const { call, outcome, account } = viewOf(record);
    return call === MAKES_USER && outcome === "success" && account === report.incident.accountId;
  });
  const [gone, there] = [true, false].map((isGone) =>
    makers.filter((one) => undoOf(one.record).filled.some((command) => isUseless(command, report, one)) === isGone),
  );
  const undo = new Map(
    there?.map(({ record }) => [textAt(record, "requestParameters", "userName") ?? "", undoOf(record).filled]),
  );
  const done = report.lines.filter(({ outcome }) => outcome === "success");
  const targetsOf = (call: string) => done.filter((line) => line.call === call).flatMap(({ targets }) => targets);
  const deleted = new Set(targetsOf(DELETES_USER));
  const before = (report.madeBefore ?? []).filter((user) => !deleted.has(user));
  const users = [...new Set([...undo.keys(), ...before])].filter(isPlain).slice(0, MAX_USERS);
  const uncounted = sumOf(done.filter(({ call }) => call === MAKES_USER).map(({ moreTargets }) => moreTargets));
  const all = new Set([...targetsOf(MAKES_USER), ...before]).size + uncounted;
  return {
    users,
    more: Math.max(0, all - (gone?.length ?? 0) - users.length),
    undo: users.flatMap((user) => undo.get(user) ?? []),
  };
}
