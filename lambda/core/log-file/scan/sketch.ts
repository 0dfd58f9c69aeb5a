import { Recent } from "../recent.ts";

/**
 * The few fields of a record that decide about most records, in six texts: raw JSON scalars, each followed by a newline,
 * which no scalar holds; nothing stands for a field that is not there. Equal texts mean equal fields.
 * A scanner's sketch is good until the next scan.
 */
export abstract class Sketch {
  abstract text(name: TextName): string;

  /** The length of a text. */
  size(name: TextName): number {
    return this.text(name).length;
  }

  /** Stands for a text: equal numbers mean equal texts. In the long run a text may get another one, but never one that was another's. */
  number(name: TextName): number {
    return numberOf(this.text(name));
  }

  begins(name: TextName, text: string): boolean {
    return this.text(name).startsWith(text);
  }

  toJSON(): { readonly [text: string]: string } {
    return Object.fromEntries(SKETCH_TEXTS.map((text, name) => [text, this.text(name as TextName)]));
  }
}

/** Texts that have a number; they may be of any content, so that longer ones are not kept. */
const MOST_NUMBERED = 20_000;
const LONGEST_NUMBERED = 1_500;
const NUMBERED = new Recent<number>(MOST_NUMBERED);
let last = 0;

/** Numbers begin with 1. */
export function numberOf(text: string): number {
  const known = NUMBERED.get(text);
  if (known !== undefined) return known;
  last++;
  if (text.length <= LONGEST_NUMBERED) NUMBERED.set(text, last);
  return last;
}

/** A field of a sketch: its value, or only a letter for what kind of value it has, or its first characters. */
export interface SketchField {
  readonly path: readonly string[];
  readonly as: "value" | "kind" | "day";
}

const value = (...path: readonly string[]): SketchField => ({ path, as: "value" });
const kind = (...path: readonly string[]): SketchField => ({ path, as: "kind" });

/** The texts, in the order in which they are written. */
export const SKETCH_TEXTS = ["call", "caller", "address", "credential", "session", "agent"] as const;

/** The first of them decide about each record; the others about few. */
export const ALWAYS_ASKED = 3;

/** What was called, and whether it worked. */
export const CALL = 0;
/** Who called where, apart from what changes with each session. */
export const CALLER = 1;
/** The caller's address. */
export const ADDRESS = 2;
/** The caller's access key. */
export const CREDENTIAL = 3;
/** The names of the caller and of his session. */
export const SESSION = 4;
/** The caller's program. */
export const AGENT = 5;

/** A text by its place in SKETCH_TEXTS. */
export type TextName = typeof CALL | typeof CALLER | typeof ADDRESS | typeof CREDENTIAL | typeof SESSION | typeof AGENT;

/** The fields of each text, in their order. */
export const SKETCH_FIELDS: { readonly [T in (typeof SKETCH_TEXTS)[number]]: readonly SketchField[] } = {
  call: [
    value("eventSource"),
    value("eventName"),
    value("errorCode"),
    value("eventType"),
    value("eventCategory"),
    value("readOnly"),
    value("managementEvent"),
    kind("errorMessage"),
    kind("responseElements"),
    kind("serviceEventDetails"),
    kind("insightDetails"),
  ],
  caller: [
    value("userIdentity", "type"),
    value("userIdentity", "accountId"),
    value("userIdentity", "invokedBy"),
    value("userIdentity", "sessionContext", "sessionIssuer", "arn"),
    value("userIdentity", "inScopeOf", "credentialsIssuedTo"),
    value("userIdentity", "sessionContext", "webIdFederationData", "federatedProvider"),
    value("userIdentity", "sessionContext", "assumedRoot"),
    value("userIdentity", "sessionContext", "attributes", "mfaAuthenticated"),
    value("userIdentity", "sessionContext", "ec2RoleDelivery"),
    value("sessionCredentialFromConsole"),
    value("awsRegion"),
    value("recipientAccountId"),
    value("vpcEndpointId"),
    value("vpcEndpointAccountId"),
    { path: ["eventTime"], as: "day" },
  ],
  address: [value("sourceIPAddress")],
  credential: [value("userIdentity", "accessKeyId")],
  session: [
    value("userIdentity", "arn"),
    value("userIdentity", "principalId"),
    value("userIdentity", "userName"),
    value("userIdentity", "onBehalfOf", "userId"),
  ],
  agent: [value("userAgent")],
};
