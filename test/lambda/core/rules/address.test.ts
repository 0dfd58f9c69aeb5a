import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import fc from "fast-check";
import { admitInternet } from "../../../../lambda/core/rules/address.ts";
import { first, runs } from "../../../support/runs.ts";

interface Block {
  readonly groups: readonly number[];
  readonly bits: number;
}

const BITS_OF_GROUP = { 4: 8n, 6: 16n };
const SPACES = { 4: { first: 0n, end: 1n << 32n }, 6: { first: 1n << 125n, end: 2n << 125n } };

/** At least half of what hosts can have, counted between the ends of all blocks. */
function isHalfAdmitted(family: 4 | 6, blocks: readonly Block[]): boolean {
  const { first, end } = SPACES[family];
  const width = family === 4 ? 32 : 128;
  const ranges = blocks.map(({ groups, bits }) => {
    const address = groups.reduce((sum, group) => (sum << BITS_OF_GROUP[family]) | BigInt(group), 0n);
    const size = 1n << BigInt(width - bits);
    const from = (address / size) * size;
    return { from, to: from + size };
  });
  const ends = [first, end, ...ranges.flatMap(({ from, to }) => [from, to])]
    .filter((at) => at >= first && at <= end)
    .sort((a, b) => (a < b ? -1 : Number(a > b)));
  const admitted = ends
    .slice(1)
    .map((to, i) => ({ from: ends[i] ?? first, to }))
    .filter(({ from, to }) => ranges.some((range) => range.from <= from && to <= range.to))
    .reduce((sum, { from, to }) => sum + to - from, 0n);
  return admitted * 2n >= end - first;
}

/** Mostly wide blocks, for those decide; the first group of IPv6 lies in the assigned part, at its ends or beyond. */
const BLOCKS = {
  4: fc.record({
    groups: fc.array(fc.integer({ min: 0, max: 255 }), { minLength: 4, maxLength: 4 }),
    bits: fc.integer({ min: 0, max: 6 }),
  }),
  6: fc.record({
    groups: fc
      .tuple(
        fc.oneof(
          fc.integer({ min: 0x2000, max: 0x3fff }),
          fc.constantFrom(0, 0x1fff, 0x4000, 0x8000, 0xfc00, 0xfd12, 0xfe80, 0xffff),
        ),
        fc.array(fc.integer({ min: 0, max: 0xffff }), { minLength: 7, maxLength: 7 }),
      )
      .map(([head, rest]) => [head, ...rest]),
    bits: fc.oneof(fc.integer({ min: 0, max: 8 }), fc.constantFrom(10, 16, 48)),
  }),
};

const TEXTS = {
  4: ({ groups, bits }: Block) => `${groups.join(".")}/${bits}`,
  6: ({ groups, bits }: Block) => `${groups.map((group) => group.toString(16)).join(":")}/${bits}`,
};

test.each([4, 6] as const)("blocks of IPv%p admit the internet if they add up to half of it", (family) => {
  fc.assert(
    fc.property(fc.array(BLOCKS[family], { maxLength: 8 }), (blocks) => {
      expect(admitInternet(blocks.map(TEXTS[family]))).toBe(isHalfAdmitted(family, blocks));
    }),
    { numRuns: runs(20_000) },
  );
});

test("a block where no host is silences no opened internet", () => {
  fc.assert(
    fc.property(
      BLOCKS[6],
      fc.constantFrom("fd12:3456:789a::/48", "fc00::/7", "fe80::/10", "4000::/2"),
      (block, other) => {
        const text = TEXTS[6](block);
        expect(admitInternet([text, other])).toBe(admitInternet([text]));
      },
    ),
    { numRuns: runs(2000) },
  );
});

setFlagsFromString("--expose-gc");
const collect: () => void = runInNewContext("gc");

function keptOf(act: () => void): number {
  collect();
  const before = process.memoryUsage().heapUsed;
  act();
  collect();
  return process.memoryUsage().heapUsed - before;
}

const LENGTH = 95_000;

test.each(
  first(1, [
    ["of a block among spaces", (i: number) => `10.0.${i >> 8}.${i & 255}/32`.padEnd(LENGTH)],
    ["that are no blocks", (i: number) => `${i}`.padEnd(LENGTH, "x")],
  ] as const),
)("two thousand long texts %s leave nothing in memory", (_, text) => {
  const kept = keptOf(() => {
    // A text of its own each, as JSON.parse makes them.
    for (let i = 0; i < 2000; i++) admitInternet([Buffer.from(text(i)).toString()]);
  });
  expect(kept).toBeLessThan(10 * 1024 * 1024);
});

test("a block counts with spaces around it", () => {
  expect(admitInternet([`  0.0.0.0/0${" ".repeat(LENGTH)}`])).toBe(true);
  expect(admitInternet(["0000:0000:0000:0000:0000:ffff:000.0.0.0/96", "::ffff:0.0.0.0/096"])).toBe(true);
});
