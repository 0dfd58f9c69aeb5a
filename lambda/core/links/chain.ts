import type { Opener } from "../record/opener.ts";
import { mayBeAnother, type Session, sessionIn, sessionName } from "../record/session.ts";
import type { Access } from "../store/access.ts";
import { type LinkItem, linkKey, linksOf, NO_LINKS, openersOf } from "./link-item.ts";

/** A session's way back: who opened it, who opened his session ...; the last is a person, a pipeline or a machine. */
export interface Chain {
  /** Nearest first. Several where sessions cannot be told apart: then it is one of these, and the chain ends. */
  readonly steps: readonly (readonly Opener[])[];
  /** True if nobody can be added: nobody else opened the last opener's session. */
  readonly isWhole: boolean;
  /** False if a name led there, not a key: somebody else of the same name may still come to light. */
  readonly isSure: boolean;
  /** The addresses from which an agent's tool calls came. */
  readonly agents: readonly Opener[];
}

/** The opener at the end of a whole chain; undefined if that is one of several, or somebody's session. */
export function endOfChain(chain: Chain | undefined): Opener | undefined {
  const last = chain?.steps.at(-1);
  const [end] = last ?? [];
  return chain?.isWhole && last?.length === 1 && end !== undefined && !mayBeAnother(end.identity) ? end : undefined;
}

/** The same of a chain that keys prove: nothing can change it any more. */
export function sureEndOf(chain: Chain | undefined): Opener | undefined {
  return chain?.isSure ? endOfChain(chain) : undefined;
}

/** How many sessions a chain goes back: whoever opens more in a row has something to hide. */
const MAX_STEPS = 6;

/** Chains of sessions, by the session's word. */
export type Chains = ReadonlyMap<string, Chain>;

export const NO_CHAINS: Chains = new Map();

/** Finds who opened sessions; finds nobody if the links cannot be read, for no alert waits for them. Never rejects. */
export async function chainsOf(access: Access, sessions: Iterable<string>): Promise<Chains> {
  const wanted = [...new Set(sessions)];
  if (wanted.length === 0) return NO_CHAINS;
  const items = new Map<string, LinkItem>();
  for (;;) {
    const missing = new Set<string>();
    const look = (account: string, opened: number): LinkItem => {
      const key = linkKey(account, opened);
      const known = items.get(key);
      if (known === undefined) missing.add(key);
      return known ?? NO_LINKS;
    };
    const chains = new Map(wanted.map((text) => [text, chainOf(text, look)]));
    if (missing.size === 0) return chains;
    const read = await access.glance([...missing]);
    if (read === undefined) return NO_CHAINS;
    for (const key of missing) items.set(key, read.get(key, linksOf) ?? NO_LINKS);
  }
}

type Look = (account: string, opened: number) => LinkItem;

/** A session's chain; `look` returns the links of an account and time. */
export function chainOf(text: string, look: Look): Chain {
  const steps: (readonly Opener[])[] = [];
  const session = sessionIn(text);
  const agents = session === undefined ? [] : agentsOf(session, look);
  const passed = new Set<string>();
  let isSure = true;
  let at: Session | undefined = session;
  while (at !== undefined && steps.length < MAX_STEPS && !passed.has(JSON.stringify(at))) {
    passed.add(JSON.stringify(at));
    const { openers: found, isByKey } = openersAt(at, look);
    isSure &&= isByKey;
    const [opener] = found;
    if (opener === undefined) break;
    steps.push(found);
    if (found.length > 1) return { steps, isWhole: true, isSure, agents };
    at = opener.session === undefined ? undefined : sessionIn(opener.session);
    if (at === undefined) return { steps, isWhole: isEnd(opener), isSure, agents };
  }
  return { steps, isWhole: false, isSure, agents };
}

/** True for an opener with nobody else behind him. */
function isEnd({ identity, shared, call }: Opener): boolean {
  // For a caller from another account, that account's log may still say who it was.
  return shared === undefined && (!mayBeAnother(identity) || call === "signin:SwitchRole");
}

/**
 * Who opened a session: by its key, which is proof; or else by its sign-in, or its principal, for in the console another key
 * stands in the session's records than in the call that opened it. AssumeRole by a program never answers by principal.
 */
function openersAt({ account, opened, names }: Session, look: Look) {
  const item = look(account, opened);
  const [key = names.root] = [names.key];
  const byKey = key === undefined ? [] : openersOf(item, key);
  const bySignIn = names.signIn === undefined ? [] : openersOf(item, names.signIn);
  // If links were left out, this session's may be among them: then a name alone proves nothing.
  const byPrincipal = names.principal === undefined || item.isFull ? [] : openersOf(item, names.principal);
  const console = byPrincipal.filter(({ call }) => call !== "sts:AssumeRole");
  const found = [byKey, bySignIn, console].find(({ length }) => length > 0) ?? [];
  const whole = found.map((opener) => namedByOwn(withSession(opener, byPrincipal), look));
  return { openers: distinct(whole, ({ actor, session = "" }) => `${actor} ${session}`), isByKey: byKey.length > 0 };
}

/** Whoever switched roles in the console is known by name only; the AssumeRole of the same second has his session. */
function withSession(opener: Opener, others: readonly Opener[]): Opener {
  if (opener.call !== "signin:SwitchRole") return opener;
  const same = others.filter(({ call, identity }) => {
    return (
      call === "sts:AssumeRole" && identity.kind === opener.identity.kind && identity.name === opener.identity.name
    );
  });
  const [other] = same;
  return other === undefined || same.length > 1 ? opener : { ...other, source: opener.source ?? other.source ?? "" };
}

/** A caller from another account, under the name that his own account's log gives him. */
function namedByOwn(opener: Opener, look: Look): Opener {
  const { shared, account, principal, time } = opener;
  if (shared === undefined || account === undefined) return opener;
  const own = openersOf(look(account, time), sessionName("shared", shared, time)).filter(
    (one) => one.vouchedBy === account && one.principal === principal && one.time === time,
  );
  const [first] = own;
  if (first === undefined || own.length > 1) return opener;
  const { role = first.role } = opener;
  return { ...first, identity: { ...first.identity, foreignAccount: account }, ...(role !== undefined && { role }) };
}

function agentsOf({ account, called, names }: Session, look: Look): readonly Opener[] {
  if (names.agent === undefined || called === undefined) return [];
  return distinct(openersOf(look(account, called), names.agent), ({ source = "" }) => source);
}

/** Openers that each have another key, in an order that does not depend on their arrival. */
function distinct(openers: readonly Opener[], keyOf: (opener: Opener) => string): readonly Opener[] {
  const known = new Map<string, Opener>();
  for (const opener of openers) if (!known.has(keyOf(opener))) known.set(keyOf(opener), opener);
  return [...known].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, opener]) => opener);
}
