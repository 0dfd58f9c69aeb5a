import { BlockList, isIP, isIPv4, isIPv6 } from "node:net";
import type { Scalar } from "./field-path.ts";

/**
 * An IP address in its one canonical spelling: IPv4 without leading zeros (which are read as decimal, as in
 * event-ruler), IPv6 as the URL standard prints it. Undefined for any other text.
 */
export function canonicalAddress(text: string): string | undefined {
  if (/^\d{1,3}(?:\.\d{1,3}){3}$/.test(text)) {
    const address = text.split(".").map(Number).join(".");
    return isIPv4(address) ? address : undefined;
  }
  return text.includes(":") && isIPv6(text) && !text.includes("%")
    ? new URL(`http://[${text}]`).hostname.slice(1, -1)
    : undefined;
}

/** True for an address and a prefix length that fits it: `10.0.0.0/8`, `2001:db8::/32`. */
export function isBlock(text: string): boolean {
  const [address = "", bits = "", ...more] = text.split("/");
  const family = isIP(address);
  return family !== 0 && more.length === 0 && /^\d{1,3}$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128);
}

/** Families never mix: an IPv4 block holds no IPv6 address, mapped or not, and the reverse. */
export function inBlock(block: string): (value: Scalar) => boolean {
  const [address = "", bits] = block.split("/");
  const family = isIPv4(address) ? "ipv4" : "ipv6";
  const list = new BlockList();
  list.addSubnet(address, Number(bits), family);
  return (value) => {
    const candidate = typeof value === "string" ? canonicalAddress(value) : undefined;
    return candidate !== undefined && (isIPv4(candidate) ? "ipv4" : "ipv6") === family && list.check(candidate, family);
  };
}

/** A block, in the units of its family (WIDTHS); a lone address is a block of one. */
interface Range {
  readonly family: 4 | 6;
  readonly bits: number;
  readonly first: number;
  readonly size: number;
}

/** How many bits of an address are counted. All of IPv4; of IPv6 what plain numbers hold, for no narrower blocks add up. */
const WIDTHS = { 4: 32, 6: 48 };

/**
 * Blocks as they were read. Each port that a rule names asks for the same blocks of a record again, and to read one takes
 * a thousand times as long as to compare it.
 */
const READ = new Map<string, Range | undefined>();
const MAX_READ = 2 ** 15;

/** The longest block, IPv6 that ends as IPv4, has 49 characters. */
const LONGEST = 49;

function rangeOf(text: string): Range | undefined {
  const trimmed = text.trim();
  if (trimmed.length > LONGEST) return undefined;
  const before = READ.get(trimmed);
  if (before !== undefined || READ.has(trimmed)) return before;
  const range = readRange(trimmed);
  if (READ.size >= MAX_READ) READ.clear();
  // A copy, for a part of a text keeps the whole of it in memory.
  READ.set(Buffer.from(trimmed).toString(), range);
  return range;
}

/** Host bits are dropped, as services do: 192.0.2.1/0 is every address. Undefined for what is no block. */
function readRange(text: string): Range | undefined {
  const [address = "", length, ...more] = text.split("/");
  const canonical = canonicalAddress(address);
  if (canonical === undefined || more.length > 0) return undefined;
  const isShort = isIPv4(canonical);
  if (length !== undefined && !isBlock(`${canonical}/${length}`)) return undefined;
  const bits = length === undefined ? (isShort ? 32 : 128) : Number(length);
  if (isShort) return rangeFrom(4, canonical.split(".").map(Number), 8, bits);
  const groups = groupsOf(canonical);
  // ::ffff:0:0/96 is IPv4 in IPv6 spelling (RFC 4291, 2.5.5.2).
  const isMapped = bits >= 96 && groups[5] === 0xffff && groups.slice(0, 5).every((group) => group === 0);
  return isMapped ? rangeFrom(4, groups.slice(6), 16, bits - 96) : rangeFrom(6, groups.slice(0, 3), 16, bits);
}

function rangeFrom(family: 4 | 6, parts: readonly number[], bitsOfPart: number, bits: number): Range {
  const address = parts.reduce((sum, part) => sum * 2 ** bitsOfPart + part, 0);
  const size = 2 ** (WIDTHS[family] - bits);
  return { family, bits, first: size < 1 ? address : Math.floor(address / size) * size, size };
}

/** The eight groups of a canonical IPv6 address. */
function groupsOf(address: string): readonly number[] {
  const [left = [], right = []] = address.split("::").map((side) => (side === "" ? [] : side.split(":")));
  const zeros = Array<string>(8 - left.length - right.length).fill("0");
  return [...left, ...zeros, ...right].map((group) => Number.parseInt(group, 16));
}

/** True for a block of either family whose prefix is shorter than `bits`; a single address is a block of one. */
export function isWiderThan(bits: number): (value: Scalar) => boolean {
  return (value) => typeof value === "string" && (rangeOf(value)?.bits ?? bits) < bits;
}

/** What hosts can have: all of IPv4, and the assigned part of IPv6 (RFC 4291, "Global Unicast Addresses": 2000::/3). */
const SPACES = [rangeFrom(4, [0, 0, 0, 0], 8, 0), rangeFrom(6, [0x2000, 0, 0], 16, 3)];

/** True if blocks together admit at least half of a family's addresses; what is no block is ignored. */
export function admitInternet(blocks: readonly string[]): boolean {
  // Of the ports that a rule names, most are not in the record.
  if (blocks.length === 0) return false;
  const ranges = blocks.flatMap((block) => rangeOf(block) ?? []);
  return SPACES.some((space) => {
    const own = ranges.filter(({ family }) => family === space.family);
    if (own.reduce((sum, { size }) => sum + size, 0) * 2 < space.size) return false;
    const end = space.first + space.size;
    let admitted = 0;
    let from = space.first;
    for (const { first, size } of own.sort((a, b) => a.first - b.first)) {
      const to = Math.min(first + size, end);
      const start = Math.max(first, from);
      if (to <= start) continue;
      admitted += to - start;
      from = to;
    }
    return admitted * 2 >= space.size;
  });
}
