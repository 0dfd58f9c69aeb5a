import type { Report } from "../alert/report.ts";
import type { Story } from "../alert/story.ts";
import { TRAITS } from "../rules/severity.ts";
import type { Circumstances } from "./decision.ts";
import type { Draft } from "./draft.ts";
import { newHead, ring } from "./incident.ts";
import type { RuleBook } from "./rule-book.ts";
import { entriesOf } from "./stored-window.ts";
import { passed, slide } from "./window.ts";
import { incidentOf, type Written } from "./written.ts";

/** What a draft tells when there is no ledger to ask; undefined below its rule's threshold, or when it can wait. */
export function reportWithoutLedger({ body, key }: Draft, given: Circumstances): Report | undefined {
  const story = storyOf(body, given.book);
  if (story === undefined) return undefined;
  const { nextUpdate: _, ...report } = ring(newHead(incidentOf(body)), story, key, given).report;
  return TRAITS[report.lines[0]?.severity ?? "info"].goesWithoutLedger ? report : undefined;
}

function storyOf(written: Written, book: RuleBook): Story | undefined {
  if ("story" in written) return written.story;
  const rule = book.get(written.window.rule);
  if (rule === undefined) return undefined;
  const { rung } = slide([], entriesOf(written), rule);
  return rung.length === 0 ? undefined : passed(rung, rule, written.window.incident);
}
