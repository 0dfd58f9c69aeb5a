import { BlockList, isIPv4, isIPv6 } from "node:net";
import { AWS_IPV4, AWS_IPV4_PARTS, AWS_IPV6 } from "./aws-networks.ts";

/** Whose an address is: AWS's own, of a private network, or anybody else's. */
export const ADDRESS_KINDS = ["aws", "private", "outside"] as const;
export type AddressKind = (typeof ADDRESS_KINDS)[number];

/** The kinds of addresses that were asked for: a log file is full of the same. */
const known = new Map<string, AddressKind | undefined>();
const MAX_KNOWN = 10_000;

/** The kind of an address; undefined for what is none, such as the name of a service. */
export function addressKindOf(text: string): AddressKind | undefined {
  if (known.has(text)) return known.get(text);
  const kind = kindOf(text);
  if (known.size >= MAX_KNOWN) known.clear();
  // No address is longer.
  if (text.length <= 45) known.set(text, kind);
  return kind;
}

/**
 * The network of an address, /16 of IPv4 and /32 of IPv6: narrower, and people who move would always be new. AWS's public
 * networks are one, for functions and containers come from any of them, and so are private ones. The name of a service has none.
 */
export function sourceNetworkOf(address: string): string | undefined {
  const kind = addressKindOf(address);
  if (kind !== "outside") return kind;
  return address.includes(":") ? wideNetworkV6(address) : `${address.split(".").slice(0, 2).join(".")}.0.0/16`;
}

function wideNetworkV6(address: string): string {
  // The URL standard spells an address in one way.
  const [front = ""] = new URL(`http://[${address}]`).hostname.slice(1, -1).split("::");
  return `${[...front.split(":").filter(Boolean), "0", "0"].slice(0, 2).join(":")}::/32`;
}

function kindOf(text: string): AddressKind | undefined {
  const family = isIPv4(text) ? "ipv4" : isIPv6(text) && !text.includes("%") ? "ipv6" : undefined;
  if (family === undefined) return undefined;
  networks ??= readNetworks();
  if (networks.ofNobody.check(text, family)) return "private";
  return (family === "ipv4" && isOfAws(text, networks)) || networks.ofAws.check(text, family) ? "aws" : "outside";
}

/** Read only when an address is asked for, so that a function starts sooner. */
interface Networks {
  readonly ofNobody: BlockList;
  readonly ofAws: BlockList;
  /** Wide ones of AWS, by the first two octets as one number. */
  readonly wide: ReadonlySet<number>;
}

let networks: Networks | undefined;

function readNetworks(): Networks {
  return { ofNobody: blocksOf(PRIVATE), ofAws: blocksOf([...AWS_IPV4_PARTS, ...AWS_IPV6]), wide: new Set(wideOfAws()) };
}

/** RFC 1918, RFC 6598 (shared, also between VPCs), RFC 3927 and RFC 1122; RFC 4193 and RFC 4291 for IPv6. */
const PRIVATE = [
  "10.0.0.0/8",
  "172.16.0.0/12",
  "192.168.0.0/16",
  "100.64.0.0/10",
  "169.254.0.0/16",
  "127.0.0.0/8",
  "fc00::/7",
  "fe80::/10",
  "::1/128",
];

function blocksOf(blocks: readonly string[]): BlockList {
  const list = new BlockList();
  for (const block of blocks) {
    const [address = "", bits] = block.split("/");
    list.addSubnet(address, Number(bits), address.includes(":") ? "ipv6" : "ipv4");
  }
  return list;
}

function wideOfAws(): readonly number[] {
  return AWS_IPV4.trim()
    .split("\n")
    .flatMap((line) => {
      const [first, seconds = ""] = line.split(": ");
      return seconds.split(" ").flatMap((range) => {
        const [from = 0, to = from] = range.split("-").map(Number);
        return Array.from({ length: to - from + 1 }, (_, i) => Number(first) * 256 + from + i);
      });
    });
}

function isOfAws(address: string, { wide }: Networks): boolean {
  const [first, second] = address.split(".");
  return wide.has(Number(first) * 256 + Number(second));
}
