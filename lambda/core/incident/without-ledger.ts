import type { Report } from "../alert/report.ts";
import type { Story } from "../alert/story.ts";
import { TRAITS } from "../rules/severity.ts";
import type { Circumstances } from "./decision.ts";
import type { Draft } from "./draft.ts";
import { newHead, ring } from "./incident.ts";
import type { RuleBook } from "./rule-book.ts";
import { passed, slide } from "./window.ts";

/** What a draft tells when there is no ledger to ask; undefined below its rule's threshold, or when it can wait. */
export function reportWithoutLedger(draft: Draft, { book, now }: Circumstances): Report | undefined {
  const story = storyWithoutLedger(draft, book);
  if (story === undefined) return undefined;
  const incident = "entries" in draft ? draft.body.window.incident : draft.body.incident;
  const { report } = ring(newHead(incident), story, book, now, draft.key);
  const { nextUpdate: _, ...rest } = report;
  return TRAITS[report.lines[0]?.severity ?? "info"].goesWithoutLedger ? rest : undefined;
}

function storyWithoutLedger(draft: Draft, book: RuleBook): Story | undefined {
  if (!("entries" in draft)) return draft.body.story;
  const rule = book.get(draft.body.window.rule);
  if (rule === undefined) return undefined;
  const { rung } = slide([], draft.entries, rule);
  return rung.length === 0 ? undefined : passed(rung, rule, draft.body.window.incident);
}
