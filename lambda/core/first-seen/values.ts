import { addressKindOf } from "../record/address-kind.ts";
import { type CloudTrailRecord, textAt } from "../record/record.ts";
import { viewOf } from "../record/view.ts";
import { scalarsAt } from "../rules/field-path.ts";
import { hashOf } from "../store/seen.ts";

/** Values longer than this are remembered by a hash. */
const MAX_VALUE = 60;

/** How many values of one field one record gives. */
const MAX_VALUES = 100;

/** What a record has where a first-seen rule looks: by a word (see FIRST_WORDS), or at the path of a field. */
export function valuesAt(record: CloudTrailRecord, of: string): readonly string[] {
  const word = Object.hasOwn(WORDS, of) ? WORDS[of] : undefined;
  const values = word === undefined ? fieldsAt(record, of) : [word(record)];
  return [...new Set(values.flatMap((value) => (value === undefined || value === "" ? [] : [short(value)])))];
}

const WORDS: { readonly [word: string]: (record: CloudTrailRecord) => string | undefined } = {
  sourceNetwork,
  service: (record) => viewOf(record).call.split(":", 1)[0],
  region: (record) => textAt(record, "awsRegion"),
  call: (record) => viewOf(record).facts.call,
  credential(record) {
    const key = textAt(record, "userIdentity", "accessKeyId");
    return key?.startsWith("AKIA") ? key : undefined;
  },
  target(record) {
    const { target, isMade } = viewOf(record).facts;
    // What is made anew with every call is never usual.
    return isMade ? undefined : target;
  },
  actor: (record) => viewOf(record).actor,
};

/** The words of `first.of`; anything else is the path of a field. */
export const FIRST_WORDS: readonly string[] = Object.keys(WORDS);

/**
 * The network of a caller's address, /16 of IPv4 and /32 of IPv6: narrower, and people who move would always be new. AWS's
 * public networks are one, for functions and containers come from any of them. A private address is seen through somebody's
 * endpoint, whose owner is part of it. Calls that come from services have none.
 */
function sourceNetwork(record: CloudTrailRecord): string | undefined {
  const address = textAt(record, "sourceIPAddress") ?? "";
  switch (addressKindOf(address)) {
    case "aws":
      return "aws";
    case "private":
      return `private ${textAt(record, "vpcEndpointAccountId") ?? textAt(record, "vpcEndpointId") ?? "network"}`;
    case "outside":
      return address.includes(":") ? wideNetworkV6(address) : `${address.split(".").slice(0, 2).join(".")}.0.0/16`;
    default:
      return undefined;
  }
}

function wideNetworkV6(address: string): string {
  // The URL standard spells an address in one way.
  const [front = ""] = new URL(`http://[${address}]`).hostname.slice(1, -1).split("::");
  return `${[...front.split(":").filter(Boolean), "0", "0"].slice(0, 2).join(":")}::/32`;
}

function fieldsAt(record: CloudTrailRecord, path: string): readonly string[] {
  return scalarsAt(record, path.split("."))
    .slice(0, MAX_VALUES)
    .map((value) => (typeof value === "string" ? value : JSON.stringify(value)));
}

function short(value: string): string {
  return value.length <= MAX_VALUE && !value.startsWith("#") ? value : `#${hashOf(value)}`;
}
