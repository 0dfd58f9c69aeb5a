import { ByNumbers } from "../../../../lambda/core/match/by-numbers.ts";

function withEntries(limit: number, count: number): ByNumbers<number> {
  const map = new ByNumbers<number>(limit);
  for (let number = 1; number <= count; number++) {
    point(map, number);
    map.set(number);
    map.setMark(number);
  }
  return map;
}

/** Makes another key of each number. */
function point(map: ByNumbers<number>, number: number): void {
  map.key.set([number, 1, 2, 3, 4, 5, number % 3]);
}

function held(map: ByNumbers<number>, count: number): readonly number[] {
  const numbers = Array.from({ length: count }, (_, i) => i + 1);
  return numbers.filter((number) => {
    point(map, number);
    return map.mark() === number && map.get() === number;
  });
}

test.each([1, 100, 15_000])(
  "of %s entries none is forgotten, nor a mark, however few slots there were at first",
  (limit) => {
    expect(held(withEntries(limit, limit), limit)).toHaveLength(limit);
  },
);

test("what is held is found at its place, though the slots have become more since", () => {
  const map = withEntries(15_000, 500);
  point(map, 7);
  map.hold(0);
  for (let number = 501; number <= 15_000; number++) {
    point(map, number);
    map.set(number);
  }
  expect(map.heldMark(0)).toBe(7);
  expect(map.get()).toBe(7);
});

test("once it is full, what was used last stays, and the oldest gives way", () => {
  const map = withEntries(3_000, 3_000);
  for (let number = 3_001; number <= 6_001; number++) {
    point(map, 1);
    expect(map.get()).toBe(1);
    point(map, number);
    map.set(number);
  }
  point(map, 2);
  expect(map.get()).toBeUndefined();
  point(map, 1);
  expect(map.get()).toBe(1);
  point(map, 6_001);
  expect(map.get()).toBe(6_001);
});
