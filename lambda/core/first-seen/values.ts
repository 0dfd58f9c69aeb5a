import { sourceNetworkOf } from "../record/address-kind.ts";
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

/** The network of a caller's address; a private one is seen through somebody's endpoint, whose owner is part of it. */
function sourceNetwork(record: CloudTrailRecord): string | undefined {
  const network = sourceNetworkOf(textAt(record, "sourceIPAddress") ?? "");
  if (network !== "private") return network;
  return `private ${textAt(record, "vpcEndpointAccountId") ?? textAt(record, "vpcEndpointId") ?? "network"}`;
}

function fieldsAt(record: CloudTrailRecord, path: string): readonly string[] {
  return scalarsAt(record, path.split("."))
    .slice(0, MAX_VALUES)
    .map((value) => (typeof value === "string" ? value : JSON.stringify(value)));
}

function short(value: string): string {
  return value.length <= MAX_VALUE && !value.startsWith("#") ? value : `#${hashOf(value)}`;
}
