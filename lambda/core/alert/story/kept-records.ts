import type { ReportLine } from "../report.ts";
import { hasCommands } from "../response/undo.ts";
import type { Line } from "./line.ts";
import { type KeptRecord, sumOf } from "./story.ts";
import { equalShare, inShort, MAX_LINES } from "./story-size.ts";

/** How many records a mail keeps. */
export const MAX_KEPT = 20;
const MAX_KEPT_BYTES = 70_000;

/**
 * What a story keeps until it is told: the first record of each line, then the second of each, the heaviest lines first. Only the
 * mail knows which line is the worst, and whoever made the others chose their sizes: so the first of each line stays, in brief
 * where there is no room for all.
 */
export function keptInOrder(all: readonly KeptRecord[], lines: readonly Line[]): KeptRecord[] {
  const ranked = rankedBy(all, lines);
  const sizes = ranked.slice(0, MAX_LINES).flatMap(({ turn, bytes }) => (turn === 0 ? [bytes] : []));
  const share = equalShare(sizes, MAX_KEPT_BYTES);
  const least = ranked.slice(0, sizes.length).map(({ kept, bytes }) => (bytes > share ? inShort(kept) : kept));
  let room = MAX_KEPT_BYTES - sumOf(least.map(bytesOf));
  return ranked.flatMap(({ kept, bytes }, i) => {
    const short = least[i];
    const more = bytes - (short === undefined ? 0 : bytesOf(short));
    // What is too large leaves its place to what comes after it.
    if (short !== kept && (i >= MAX_KEPT || more > room)) return short ?? [];
    room -= more;
    return kept;
  });
}

/** What a mail keeps, by its lines in their order: of the first, then of those as severe whose calls can be undone, then of the others. */
export function keptInMail(all: readonly KeptRecord[], lines: readonly ReportLine[]): readonly KeptRecord[] {
  const [head] = lines;
  const isUndone = ({ severity, outcome, call }: ReportLine) =>
    severity === head?.severity && outcome === "success" && hasCommands(call);
  const ranked = rankedBy(all, [...new Set([...lines.slice(0, 1), ...lines.filter(isUndone), ...lines])]);
  return ranked.slice(0, MAX_KEPT).map(({ kept }) => kept);
}

function rankedBy(all: readonly KeptRecord[], lines: readonly Line[]) {
  const turns = new Map<string, number>();
  const places = new Map(lines.map(({ key }, i) => [key, i]));
  const ranked = all.map((kept) => {
    const turn = turns.get(kept.line) ?? 0;
    turns.set(kept.line, turn + 1);
    return { kept, turn, place: places.get(kept.line) ?? lines.length, bytes: bytesOf(kept) };
  });
  return ranked.sort((a, b) => a.turn - b.turn || a.place - b.place);
}

function bytesOf(kept: KeptRecord): number {
  return Buffer.byteLength(JSON.stringify(kept));
}
