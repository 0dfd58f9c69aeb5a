import { BlockList, isIP, isIPv4, isIPv6 } from "node:net";
import type { Scalar } from "./field-path.ts";

/**
 * An IP address in one spelling: IPv4 without leading zeros (which are decimal here, as in event-ruler), IPv6 as the URL
 * standard prints it. Undefined for any other text.
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

/** Families are never mixed: an IPv4 block holds no IPv6 address, mapped or not, and the other way round. */
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
