import { ADDRESS, CREDENTIAL, numberOf, SKETCH_FIELDS, SKETCH_TEXTS, type Sketch } from "../log-file/scan/sketch.ts";
import { sourceNetworkOf } from "../record/address-kind.ts";
import { canonicalAddress } from "../rules/address.ts";
import type { Scalar } from "../rules/field-path.ts";
import type { ValueTest } from "../rules/operators.ts";
import type { Fields } from "../rules/weakened.ts";

/** Access keys begin with four letters that tell their kind: those of sessions change all the time. */
const KIND_OF_KEY = 4;
const OF_SESSION = '"ASIA';
const ACCESS_KEY = JSON.stringify(["userIdentity", "accessKeyId"]);
const SOURCE_ADDRESS = JSON.stringify(["sourceIPAddress"]);

/** What is known of a record by its call, by its whole sketch, and by its sketch without one text. */
export const CALL: Fields = fieldsOf(["call"]);
export const ALL: Fields = fieldsOf(SKETCH_TEXTS);
export const WITHOUT = {
  address: fieldsOf(SKETCH_TEXTS.filter((text) => text !== "address")),
  session: fieldsOf(SKETCH_TEXTS.filter((text) => text !== "session")),
  agent: fieldsOf(SKETCH_TEXTS.filter((text) => text !== "agent")),
};

/** What is known of all records that a sieve takes for alike, whatever their rules ask. */
export const ALIKE: Fields = fieldsOf(["call", "caller"]);

/** Beside the fields of these texts, the network of the address is known, and the kind of the access key: but not to calls. */
function fieldsOf(texts: readonly (typeof SKETCH_TEXTS)[number][]): Fields {
  const whole = texts.filter((text) => text !== "credential").flatMap((text) => SKETCH_FIELDS[text]);
  const paths = new Set(whole.flatMap(({ path, as }) => (as === "value" ? [JSON.stringify(path)] : [])));
  return {
    has: (path) => paths.has(JSON.stringify(path)),
    suffices: (path, test) => texts.length > 1 && isPartEnough(JSON.stringify(path), test),
  };
}

function isPartEnough(path: string, test: ValueTest): boolean {
  if (path === SOURCE_ADDRESS) return test.kind === "address" || (test.kind === "in" && test.values.every(isNoAddress));
  return (
    path === ACCESS_KEY && (test.kind === "present" || (test.kind === "prefix" && test.text.length <= KIND_OF_KEY))
  );
}

/** Names of services stand among the addresses: for all addresses of a network it is the same whether they are such a name. */
function isNoAddress(value: Scalar): boolean {
  return typeof value !== "string" || (canonicalAddress(value) ?? sourceNetworkOf(value)) === undefined;
}

/** What matters of an access key: long-term keys are told apart, those of sessions are not. */
export function keyNumber(sketch: Sketch): number {
  return sketch.begins(CREDENTIAL, OF_SESSION) ? 0 : sketch.number(CREDENTIAL);
}

/** Stands for the network of the address; what is no address stands for itself. */
export function networkNumber(sketch: Sketch): number {
  const address = sketch.text(ADDRESS);
  return numberOf(sourceNetworkOf(address.slice(1, -2)) ?? address.trimEnd());
}
