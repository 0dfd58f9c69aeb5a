/** What names have in common but for their numbers: `decoy-7` and `decoy-12` are alike. */
function likeOf(name: string): string {
  return name
    .slice(0, 200)
    .replace(/[0-9a-f]{8,}/gi, "0")
    .replace(/\d+/g, "0");
}

function byLike(names: readonly string[]): ReadonlyMap<string, readonly number[]> {
  const alike = new Map<string, number[]>();
  for (const [i, name] of names.entries()) {
    const known = alike.get(likeOf(name));
    if (known === undefined) alike.set(likeOf(name), [i]);
    else known.push(i);
  }
  return alike;
}

/** The same names, those with the fewest of their like first: whoever hides one among many alike makes it stand out. */
export function oddFirst(names: readonly string[]): readonly string[] {
  if (names.length < 3) return names;
  const alike = byLike(names);
  const count = new Map([...alike].flatMap(([, places]) => places.map((i) => [i, places.length] as const)));
  return names
    .map((name, i) => [name, count.get(i) ?? 0] as const)
    .sort(([, a], [, b]) => a - b)
    .map(([name]) => name);
}

/** What a line names. */
interface Naming {
  readonly targets: readonly string[];
  readonly details: readonly string[];
  readonly callers: readonly string[];
}

/** A line whose names stand in that order. */
export function withOddFirst<L extends Naming>(line: L): L {
  const { targets, details, callers } = line;
  return { ...line, targets: oddFirst(targets), details: oddFirst(details), callers: oddFirst(callers) };
}

/** At most `limit` of the names, in their order: of the largest groups of names that are alike, the middle is left out. */
export function withoutMostAlike(names: readonly string[], limit: number): readonly string[] {
  if (names.length <= limit) return names;
  const groups = [...byLike(names).values()];
  // Where there are too many groups, no number of names of each fits.
  let most = groups.length > limit ? 1 : limit;
  while (most > 1 && groups.reduce((sum, places) => sum + Math.min(places.length, most), 0) > limit) most--;
  const kept = groups
    .flatMap((places) => (places.length <= most ? places : [...places.slice(0, most / 2), ...lastOf(places, most)]))
    .sort((a, b) => a - b);
  // Where no two are alike, the first and the last stay.
  const half = Math.floor(limit / 2);
  const some = kept.length <= limit ? kept : [...kept.slice(0, limit - half), ...kept.slice(kept.length - half)];
  return some.map((i) => names[i] ?? "");
}

function lastOf(places: readonly number[], most: number): readonly number[] {
  return places.slice(places.length - Math.ceil(most / 2));
}
