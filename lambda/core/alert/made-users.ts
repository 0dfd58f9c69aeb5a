import { textAt } from "../record/record.ts";
import { viewOf } from "../record/view.ts";
import { isPlain } from "./commands.ts";
import { isUseless } from "./gone.ts";
import { withNamesOfNow } from "./renames.ts";
import type { Report } from "./report.ts";
import { sumOf } from "./story.ts";
import { undoOf } from "./undo.ts";

/** The users whom a report's calls made and who are still there: those who are named, and how many more there may be. */
export interface Made {
  readonly users: readonly string[];
  readonly more: number;
  /** What undoes the calls that made those who are named. */
  readonly undo: readonly string[];
}

export const NO_USERS: Made = { users: [], more: 0, undo: [] };

/** How many users one command names. */
const MAX_USERS = 4;

const MAKES_USER = "iam:CreateUser";

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
  const named = new Map((there ?? []).map(({ record }) => [textAt(record, "requestParameters", "userName"), record]));
  const shown = [...named].flatMap(([user, record]) => (user !== undefined && isPlain(user) ? [{ user, record }] : []));
  const some = shown.slice(0, MAX_USERS);
  const lines = report.lines.filter(({ call, outcome }) => call === MAKES_USER && outcome === "success");
  const all = new Set(lines.flatMap(({ targets }) => targets)).size + sumOf(lines.map((line) => line.moreTargets));
  return {
    users: some.map(({ user }) => user),
    more: Math.max(0, all - (gone?.length ?? 0) - some.length),
    undo: some.flatMap(({ record }) => undoOf(record).filled),
  };
}
