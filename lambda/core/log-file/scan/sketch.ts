/**
 * The few fields of a record that decide about most records, as raw JSON scalars, each followed by a newline, which no
 * scalar holds; nothing stands for a field that is not there. Equal texts mean equal fields.
 */
export interface Sketch {
  /** What was called, and whether it worked. */
  readonly call: string;
  /** Who called where, apart from what changes with each session. */
  readonly caller: string;
  /** The caller's access key. */
  readonly credential: string;
  /** The names of the caller and of his session. */
  readonly session: string;
  /** The caller's address. */
  readonly address: string;
  /** The caller's program. */
  readonly agent: string;
}

/** A field of a sketch: its value, or only a letter for what kind of value it has, or its first characters. */
export interface SketchField {
  readonly path: readonly string[];
  readonly as: "value" | "kind" | "day";
}

const value = (...path: readonly string[]): SketchField => ({ path, as: "value" });
const kind = (...path: readonly string[]): SketchField => ({ path, as: "kind" });

/** The texts of a sketch, in the order in which they are written. */
export const SKETCH_TEXTS = ["call", "caller", "credential", "session", "address", "agent"] as const;

/** The fields of each text, in their order. */
export const SKETCH_FIELDS: { readonly [T in keyof Sketch]: readonly SketchField[] } = {
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
  credential: [value("userIdentity", "accessKeyId")],
  session: [
    value("userIdentity", "arn"),
    value("userIdentity", "principalId"),
    value("userIdentity", "userName"),
    value("userIdentity", "onBehalfOf", "userId"),
  ],
  address: [value("sourceIPAddress")],
  agent: [value("userAgent")],
};
