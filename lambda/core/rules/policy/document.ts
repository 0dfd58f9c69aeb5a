import { serviceOf, withoutApiVersion } from "../../record/call.ts";
import { type CloudTrailRecord, flagOf, isObject, textAt } from "../../record/record.ts";
import { withDemands } from "./demands.ts";
import { grantsOfField, grantsOfParameters } from "./grants.ts";
import { type ManagedPolicy, managedPolicyOf } from "./managed-policies.ts";
import { elementsOf, listOf, loweredText, readStatement, type Statement } from "./statement.ts";

/**
 * One policy document of a record, or its equivalent: an access list, a permission, an AWS managed policy by its ARN.
 */
export interface PolicyDocument {
  /** Its place in the record, in readable form: `requestParameters.policy`. */
  readonly field: string;
  /** Undefined for what should be a document but cannot be read. */
  readonly statements: readonly Statement[] | undefined;
  readonly managed?: ManagedPolicy;
}

/**
 * Bounds for a record's parameters, and for its response. A CloudTrail record has at most 256 KB, the longest document
 * that a service takes has 100 KB; a log file that somebody else wrote may hold more.
 */
const MAX_TEXT = 2 ** 20;
const MAX_NODES = 20_000;
const MAX_STATEMENTS = 1_000;
/** How many values statements may hold, and how long all of them may be. */
const MAX_VALUES = 15_000;
const MAX_VALUES_TEXT = 2 ** 18;
const MAX_DEPTH = 16;
/** How much of a field's name is told. */
const MAX_NAME = 100;

const searched = new WeakMap<CloudTrailRecord, readonly PolicyDocument[]>();

/**
 * The policy documents of a record, wherever they stand in its parameters and its response: as JSON, as text, URL-encoded,
 * or in text within text. If a call must carry one and none is found, that is reported; so is what exceeds the bounds.
 */
export function policiesOf(record: CloudTrailRecord): readonly PolicyDocument[] {
  const before = searched.get(record);
  if (before !== undefined) return before;
  const documents = [...documentsIn(record, "requestParameters"), ...documentsIn(record, "responseElements")];
  searched.set(record, documents);
  return documents;
}

function documentsIn(record: CloudTrailRecord, part: "requestParameters" | "responseElements"): PolicyDocument[] {
  const parameters = record[part];
  const search = new Search();
  // CloudTrail leaves out what is too large (CloudTrail User Guide, "CloudTrail record contents").
  if (isObject(parameters) && flagOf(parameters.omitted)) return [{ field: part, statements: undefined }];
  let demanded = part === "requestParameters" ? demandedField(record) : undefined;
  if (isObject(parameters) && search.walk(parameters, part)) {
    if (part === "requestParameters") {
      demanded ??= demandedAttribute(parameters);
      const grants = grantsOfParameters(parameters);
      if (grants.length > 0) search.documents.push({ field: part, statements: grants });
    }
  }
  if (demanded !== undefined && !search.documents.some(({ managed }) => managed === undefined)) {
    search.documents.push({ field: `${part}.${demanded}`, statements: undefined });
  }
  return search.documents;
}

class Search {
  readonly documents: PolicyDocument[] = [];
  readonly #unreadable = new Set<string>();
  #text = MAX_TEXT;
  #nodes = MAX_NODES;
  #statements = MAX_STATEMENTS;
  #values = MAX_VALUES;
  #valuesText = MAX_VALUES_TEXT;

  /** False if a value holds too much to look at any of it. */
  walk(value: unknown, field: string, depth = 0): boolean {
    if (this.#nodes < 0) return true;
    const isLarge = isObject(value) && Object.keys(value).length > this.#nodes;
    if (isLarge) this.#nodes = 0;
    if (depth > MAX_DEPTH || this.#nodes-- === 0) {
      this.#addUnreadable(field);
      return !isLarge;
    }
    if (Array.isArray(value)) for (const element of value) this.walk(element, field, depth + 1);
    else if (typeof value === "string") this.#read(value, field, depth);
    else if (isObject(value) && !this.#add(field, value)) {
      for (const [name, inner] of Object.entries(value)) {
        if (this.#nodes < 0) return true;
        // The contents of a full access list were read with it.
        const grants = /accesscontrolpolicy$/i.test(field) ? [] : grantsOfField(name, inner);
        const within = `${field}.${name.slice(0, MAX_NAME)}`;
        if (grants.length > 0) this.documents.push({ field: within, statements: grants });
        this.walk(inner, within, depth + 1);
      }
    }
    return true;
  }

  #read(text: string, field: string, depth: number): void {
    const managed = /polic(?:y|ies)arns?$/i.test(field) ? managedPolicyOf(text) : undefined;
    if (managed !== undefined) this.documents.push({ field, statements: [], managed });
    const trimmed = text.trim();
    if (!/^["{[%\\]/.test(trimmed)) return;
    this.#text -= trimmed.length;
    const parsed = this.#text < 0 ? undefined : parse(trimmed);
    if (parsed !== undefined) {
      if (parsed !== text) this.walk(parsed, field, depth + 1);
    } else if (this.#text < 0 || POLICY_FIELD.test(field) || /statement/i.test(trimmed)) this.#addUnreadable(field);
  }

  /** Notes a document by its Statement element; false if it has none. */
  #add(field: string, value: CloudTrailRecord): boolean {
    const elementOf = elementsOf(value);
    const isPolicy = VERSIONS.includes(loweredText(elementOf("version")) ?? "");
    const sources = listOf(elementOf("statement")).slice(0, MAX_STATEMENTS + 1);
    if (!isPolicy && !sources.some(hasElements)) return false;
    const statements: Statement[] = [];
    let isWhole = true;
    for (const source of sources) {
      // What follows an oversized part is not read; what came before still opens what it opens.
      if (this.#statements-- <= 0 || !this.#affords(source)) {
        isWhole = false;
        break;
      }
      const statement = readStatement(source);
      if (statement === undefined) isWhole = false;
      else statements.push(statement);
    }
    if (statements.length > 0) this.documents.push({ field, statements: withDemands(statements) });
    if (!isWhole) this.#addUnreadable(field);
    return true;
  }

  #affords(value: unknown, depth = 0): boolean {
    if (depth > MAX_DEPTH || this.#values-- <= 0) return false;
    if (typeof value === "string") this.#valuesText -= value.length;
    if (this.#valuesText < 0) return false;
    if (Array.isArray(value)) return value.every((inner) => this.#affords(inner, depth + 1));
    if (!isObject(value)) return true;
    return Object.entries(value).every(([name, inner]) => this.#affords(name) && this.#affords(inner, depth + 1));
  }

  #addUnreadable(field: string): void {
    if (this.#unreadable.has(field)) return;
    this.#unreadable.add(field);
    this.documents.push({ field, statements: undefined });
  }
}

/** Source: IAM User Guide, "IAM JSON policy elements: Version". */
const VERSIONS = ["2012-10-17", "2008-10-17"];

/** Fields that hold a policy as text, whatever that text is. */
const POLICY_FIELD = /polic(?:y|ies)(?:document|text|injson)?$/i;

/** True for what is meant as an IAM statement; other services have statements of their own. */
function hasElements(value: unknown): boolean {
  if (!isObject(value)) return false;
  const element = elementsOf(value);
  return ["effect", "principal", "notprincipal", "action", "notaction"].some((name) => element(name) !== undefined);
}

/** The JSON in a text, even if URL-encoded as in IAM's responses, with plus signs as in forms, or escaped once more. */
function parse(text: string): unknown {
  const json = (source: string): unknown => JSON.parse(source);
  const attempts = text.startsWith("%")
    ? [
        () => json(decodeURIComponent(text)),
        () => json(decodeURIComponent(text.replaceAll("+", "%20"))),
        () => decodeURIComponent(text),
      ]
    : [() => json(text), () => json(`"${text}"`)];
  for (const attempt of attempts) {
    try {
      return attempt();
    } catch {
      // Try the next form; if none is left, it is no document.
    }
  }
  return undefined;
}

/** Calls that need a policy document, and where it stands. */
const DEMANDED: { readonly [call: string]: string } = {
  "backup:PutBackupVaultAccessPolicy": "policy",
  "cloudtrail:PutResourcePolicy": "resourcePolicy",
  "codeartifact:PutDomainPermissionsPolicy": "policyDocument",
  "codeartifact:PutRepositoryPermissionsPolicy": "policyDocument",
  "dynamodb:PutResourcePolicy": "policy",
  "ecr:PutRegistryPolicy": "policyText",
  "ecr:SetRepositoryPolicy": "policyText",
  "elasticfilesystem:PutFileSystemPolicy": "policy",
  "glue:PutResourcePolicy": "policyInJson",
  "iam:CreatePolicy": "policyDocument",
  "iam:CreatePolicyVersion": "policyDocument",
  "iam:CreateRole": "assumeRolePolicyDocument",
  "iam:PutGroupPolicy": "policyDocument",
  "iam:PutRolePolicy": "policyDocument",
  "iam:PutUserPolicy": "policyDocument",
  "iam:UpdateAssumeRolePolicy": "policyDocument",
  "kinesis:PutResourcePolicy": "policy",
  "kms:PutKeyPolicy": "policy",
  "lambda:PutResourcePolicy": "policy",
  "s3:PutAccessPointPolicy": "policy",
  "s3:PutBucketPolicy": "bucketPolicy",
  "secretsmanager:PutResourcePolicy": "resourcePolicy",
  "sso:PutInlinePolicyToPermissionSet": "inlinePolicy",
};

/** SNS and SQS set the document as one attribute of many; an empty one removes it. */
function demandedAttribute(parameters: CloudTrailRecord): string | undefined {
  const elementOf = elementsOf(parameters);
  const isPolicy = loweredText(elementOf("attributename")) === "policy";
  if (isPolicy) return elementOf("attributevalue") === "" ? undefined : "attributeValue";
  const attributes = elementOf("attributes");
  const policy = isObject(attributes) ? elementsOf(attributes)("policy") : undefined;
  if (policy !== undefined && policy !== "") return "attributes.Policy";
  // If a call may do without a document, only what begins like one is one.
  const own = elementOf("policy");
  return typeof own === "string" && own.trim().startsWith("{") ? "policy" : undefined;
}

/** Where a call's document must stand. */
function demandedField(record: CloudTrailRecord): string | undefined {
  const call = `${serviceOf(textAt(record, "eventSource") ?? "")}:${withoutApiVersion(textAt(record, "eventName") ?? "")}`;
  return Object.hasOwn(DEMANDED, call) ? DEMANDED[call] : undefined;
}
