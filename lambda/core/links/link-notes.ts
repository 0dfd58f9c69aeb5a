import { type LogObject, logPathOf } from "../envelope/log-object.ts";
import { type Link, linkOf } from "../record/link.ts";
import type { CloudTrailRecord } from "../record/record.ts";
import { grouped } from "../store/grouped.ts";
import { inTurns } from "../store/pool.ts";
import type { LedgerStore } from "../store/store.ts";
import { linkKey, linksOf, NO_LINKS, withLinks } from "./link-item.ts";

/** The links that an invocation finds, on their way into the ledger's table. */
export interface LinkNotes {
  add(link: Link): void;
  /** Writes what was added. Never rejects: without a link an alert says less, but it still comes. */
  flush(): Promise<void>;
}

/**
 * The link that a record leaves: a log file is believed about what was done in its own account, so it must lie below
 * that account's path; a file on somebody's disk may lie anywhere.
 */
export function linkIn(record: CloudTrailRecord, { key }: LogObject): Link | undefined {
  const path = logPathOf(key)?.account;
  return path === undefined && key.split("/").includes("AWSLogs") ? undefined : linkOf(record, path);
}

/** After a failure the table is left alone for this long, in milliseconds: reading must go on. */
const PAUSE = 60_000;
const TRIES = 12;

/** The most time that a flush takes, in milliseconds, apart from one answer: alerts come first. */
const PATIENCE = 2_000;
const SIDE_BY_SIDE = 4;

/** How many links one flush takes: further links are dropped, for memory is bounded. */
const MAX_LINKS = 5_000;

/** A session opened longer ago than this, in milliseconds, or in the future, belongs to nobody who acts now. */
const SKEW = 900_000;

/** The notes of one function instance. `now` returns milliseconds since the epoch. */
export function createLinkNotes(store: LedgerStore, now: () => number): LinkNotes {
  let links: Link[] = [];
  let pausedUntil = 0;

  /** False if somebody else was quicker. */
  async function write(key: string, added: readonly Link[]): Promise<boolean> {
    const item = (await store.read([key], now())).get(key);
    const known = item?.body === undefined ? NO_LINKS : linksOf(item.body);
    // What cannot be read stays as it is: these links are lost, but no alert is.
    if (item?.isForeign || known === undefined) return true;
    const next = withLinks(known, added);
    if (JSON.stringify(next) === JSON.stringify(known)) return true;
    return store.commit([{ key, expected: item?.version ?? 0, next: { body: next, expiresAt: next.until } }]);
  }

  return {
    add(link) {
      const isOfUse = link.names.length > 0 && link.opened <= now() + SKEW && link.opened + link.lifetime > now();
      if (isOfUse && links.length < MAX_LINKS) links.push(link);
    },
    async flush() {
      if (links.length === 0) return;
      const byKey = grouped(links, ({ account, opened }) => linkKey(account, opened));
      links = [];
      if (now() < pausedUntil) return;
      const end = now() + PATIENCE;
      await inTurns([...byKey], SIDE_BY_SIDE, async ([key, added]) => {
        try {
          for (let attempt = 1; attempt <= TRIES && now() >= pausedUntil && now() <= end; attempt++) {
            if (await write(key, added)) return;
          }
        } catch {
          pausedUntil = now() + PAUSE;
        }
      });
    },
  };
}

/** For deployments that follow no sessions. */
export const NO_LINK_NOTES: LinkNotes = { add() {}, flush: async () => {} };
