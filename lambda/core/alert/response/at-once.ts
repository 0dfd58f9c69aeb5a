import { folded } from "./commands.ts";

/** How many commands are typed before anybody is asked, and how long those are together. */
const MAX_COMMANDS = 4;
const MAX_LENGTH = 450;

/** How many of the commands leave the lock-out below them on the first screen; none if the first alone is too long. */
export function fittingAtOnce(commands: readonly string[]): number {
  const isShort = (count: number) => folded(commands.slice(0, count)).join("").length <= MAX_LENGTH;
  const most = Math.min(MAX_COMMANDS, commands.length);
  return Array.from({ length: most }, (_, i) => most - i).find(isShort) ?? 0;
}

/** What stands in place of commands that are too long, and beside those that are not. */
export function elsewhereText(here: readonly string[], below: readonly string[]): string | undefined {
  if (below.length === 0) return undefined;
  return here.length === 0
    ? "what Undo begins with; it is too long to stand here"
    : "and then what Undo begins with, for which there is no room here:";
}

/** What commands take from whoever has it rightly. */
const TAKES: readonly (readonly [RegExp, string])[] = [
  [/ --operation-type remove | --values-to-remove | revoke-snapshot-access | --account-ids-to-remove /, "the share"],
  [/ terminate-session /, "the shell"],
  [/ detach-role-policy /, "the role as admin"],
];

/** What stands above the commands: whether they are typed again later, and whom they harm; undefined if there is nothing to say. */
export function atOnceText(
  commands: readonly string[],
  { isAgain, hasLetIn }: { readonly isAgain: boolean; readonly hasLetIn: boolean },
): string | undefined {
  if (commands.length === 0) return undefined;
  const things = TAKES.flatMap(([taking, thing]) => (commands.some((command) => taking.test(command)) ? thing : []));
  const harm = `It stops rightful users of ${things.join(" or ")} too${hasLetIn ? "; Let in does not undo it" : ""}`;
  const texts = [
    ...(isAgain
      ? [things.length > 0 ? "Now and after Lock out" : "Now, and again after Lock out: until then it can be redone"]
      : []),
    ...(things.length === 0 ? [] : [harm]),
  ];
  return texts.join(". ") || undefined;
}
