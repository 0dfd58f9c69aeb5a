import { quantity } from "../lambda/core/alert/quantity.ts";
import { visible } from "../lambda/core/alert/text.ts";
import { ACCOUNT_NAME_LENGTH } from "../lib/account-settings.ts";
import { MAX_ROUTES } from "../lib/route-settings.ts";
import { type Member, readMembers } from "./aws/organization.ts";
import { readArguments, runCommand, UsageError } from "./usage.ts";

const HELP = `Usage: npm run --silent accounts -- [--tag KEY] [--owner KEY] > accounts.json

Writes what the setting accountsFrom takes: the names of the organization's accounts and, from the accounts' tags, tags and
routes. Commit the file: synth reads it, and asks nobody.

  --tag KEY    the values of this tag are tags, which routes name
  --owner KEY  the value of this tag is who gets an account's alerts instead of the default: an email address, or several
               with spaces between them. One route for each value

Uses the credentials of your shell, which must be the management account's or a delegated administrator's, and may
organizations:ListAccounts and, for tags, organizations:ListTagsForResource.
Exit code: 0; 1 when it could not be done; 2 when the command line is wrong.
`;

async function accounts(args: readonly string[]): Promise<number> {
  const { values, positionals } = readArguments(args, HELP, { tag: { type: "string" }, owner: { type: "string" } });
  if (positionals.length > 0) throw new UsageError(`accounts takes no ${visible(positionals[0] ?? "", 60)}`);
  const { tag, owner } = values;
  const members = await readMembers(tag !== undefined || owner !== undefined).catch((error: unknown) => {
    throw new Error(refusalOf(error), { cause: error });
  });
  const routes = owner === undefined ? [] : routesOf(membersBy(members, owner));
  if (routes.length > MAX_ROUTES) {
    throw new Error(
      `${routes.length} owners, and there are ${MAX_ROUTES} routes at most: send all alerts on a bus (docs/deploying.md, "An event bus"), or leave --owner out and write the routes that matter`,
    );
  }
  const written = {
    accounts: Object.fromEntries(members.map(({ id, name }) => [id, nameOf(name)])),
    ...(tag !== undefined && { tags: Object.fromEntries(membersBy(members, tag)) }),
    ...(owner !== undefined && { routes }),
  };
  process.stdout.write(`${JSON.stringify(written, undefined, 2)}\n`);
  const said = [
    quantity(members.length, "account"),
    ...(owner === undefined ? [] : [quantity(routes.length, "route")]),
  ];
  process.stderr.write(`${said.join(", ")}\n`);
  return 0;
}

/** The accounts that have a tag, by its values. */
function membersBy(members: readonly Member[], key: string): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>();
  for (const { id, tags } of members) {
    const value = Object.hasOwn(tags, key) ? tags[key]?.trim() : undefined;
    if (value) found.set(value, [...(found.get(value) ?? []), id]);
  }
  return new Map([...found].sort(([one], [other]) => (one < other ? -1 : 1)));
}

/** A route for each owner, named like the first address: `pay@example.com` has `pay`, a second one `pay-2`. */
function routesOf(owned: ReadonlyMap<string, readonly string[]>) {
  const taken = new Set<string>();
  return [...owned].map(([owner, own]) => {
    const emails = owner.split(/\s+/);
    const plain = (emails[0]?.split("@")[0] ?? "")
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, "-")
      .replace(/^[^a-z]+/, "");
    const base = plain.slice(0, 25) || "owner";
    let name = base;
    for (let n = 2; taken.has(name); n++) name = `${base}-${n}`;
    taken.add(name);
    return { name, accounts: own, emails };
  });
}

function nameOf(name: string): string {
  return name.length > ACCOUNT_NAME_LENGTH ? `${name.slice(0, ACCOUNT_NAME_LENGTH - 1)}…` : name;
}

function refusalOf(error: unknown): string {
  const { name, message } = error instanceof Error ? error : new Error(String(error));
  if (name === "AWSOrganizationsNotInUseException") return "the account of your shell is in no organization";
  const why = `the organization cannot be read (${name}: ${visible(message, 300)})`;
  return name.startsWith("AccessDenied")
    ? `${why}: use the management account or a delegated administrator, with organizations:ListAccounts and organizations:ListTagsForResource`
    : why;
}

await runCommand(accounts);
