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

/** The first and last address of a block, as numbers; a lone address is a block of one. */
interface Range {
  readonly family: 4 | 6;
  readonly bits: number;
  readonly first: bigint;
  readonly last: bigint;
}

/** Host bits are dropped, as services do: 192.0.2.1/0 is every address. Undefined for what is no block. */
function rangeOf(text: string): Range | undefined {
  const trimmed = text.trim();
  const block = trimmed.includes("/") ? trimmed : `${trimmed}/${trimmed.includes(":") ? 128 : 32}`;
  const [address = "", bitsText] = block.split("/");
  const canonical = canonicalAddress(address);
  if (canonical === undefined || !isBlock(`${canonical}/${bitsText}`)) return undefined;
  const family = isIPv4(canonical) ? 4 : 6;
  const [length, bits] = [family === 4 ? 32 : 128, Number(bitsText)];
  const size = 1n << BigInt(length - bits);
  const first = (numberOf(canonical) / size) * size;
  // ::ffff:0:0/96 is IPv4 in IPv6 spelling (RFC 4291, 2.5.5.2).
  const isMapped = family === 6 && bits >= 96 && first >> 32n === 0xffffn;
  if (isMapped)
    return { family: 4, bits: bits - 96, first: first & 0xffff_ffffn, last: (first + size - 1n) & 0xffff_ffffn };
  return { family, bits, first, last: first + size - 1n };
}

/** A canonical address as a number. */
function numberOf(address: string): bigint {
  if (isIPv4(address)) return address.split(".").reduce((sum, part) => sum * 256n + BigInt(part), 0n);
  const [left = "", right] = address.split("::");
  const groups = (side: string) => (side === "" ? [] : side.split(":"));
  const middle = right === undefined ? 0 : 8 - groups(left).length - groups(right).length;
  return [...groups(left), ...Array<string>(middle).fill("0"), ...groups(right ?? "")].reduce(
    (sum, group) => sum * 65_536n + BigInt(`0x${group}`),
    0n,
  );
}

/** True for a block of either family whose prefix is shorter than `bits`; a single address is a block of one. */
export function isWiderThan(bits: number): (value: Scalar) => boolean {
  return (value) => typeof value === "string" && (rangeOf(value)?.bits ?? bits) < bits;
}

/** What hosts can have: all of IPv4, and the assigned part of IPv6 (RFC 4291, "Global Unicast Addresses": 2000::/3). */
const SPACES = { 4: "0.0.0.0/0", 6: "2000::/3" };

/** True if blocks together admit at least half of a family's addresses; what is no block is ignored. */
export function admitInternet(blocks: readonly string[]): boolean {
  const ranges = blocks.flatMap((block) => rangeOf(block) ?? []);
  return ([4, 6] as const).some((family) => {
    const space = rangeOf(SPACES[family]) as Range;
    let admitted = 0n;
    let from = space.first;
    const own = ranges.filter((range) => range.family === family);
    for (const { first, last } of own.sort((a, b) => (a.first < b.first ? -1 : 1))) {
      const begin = first > from ? first : from;
      const end = last < space.last ? last : space.last;
      if (end < begin) continue;
      admitted += end - begin + 1n;
      from = end + 1n;
    }
    return admitted * 2n >= space.last - space.first + 1n;
  });
}
