import { serviceOf, withoutApiVersion } from "../../record/call.ts";
import { type CloudTrailRecord, isObject, textAt } from "../../record/record.ts";
import { grantsOfField, grantsOfParameters } from "./grants.ts";
import { type ManagedPolicy, managedPolicyOf } from "./managed-policies.ts";
import { elementsOf, readStatement, type Statement } from "./statement.ts";

/** One policy document of a record, or what stands for one: an access list, a permission, AWS's own policy by its ARN. */
export interface PolicyDocument {
  /** Where it stands, for people: `requestParameters.policy`. */
  readonly field: string;
  /** Undefined for what should be a document, but cannot be read. */
  readonly statements: readonly Statement[] | undefined;
  readonly managed?: ManagedPolicy;
}

/** Of one record; AWS's own documents are 150 KB at most, and a record of CloudTrail 256 KB. */
const MAX_TEXT = 2 ** 20;
const MAX_NODES = 20_000;
const MAX_STATEMENTS = 2_000;
const MAX_DEPTH = 16;

const known = new WeakMap<CloudTrailRecord, readonly PolicyDocument[]>();

/**
 * The policy documents of a record, wherever they stand in its parameters and its response: as JSON, as text, URL-encoded,
 * or in text within text. Where a call must carry one and none can be found, that is told; so is what is beyond the bounds.
 */
export function policiesOf(record: CloudTrailRecord): readonly PolicyDocument[] {
  const before = known.get(record);
  if (before !== undefined) return before;
  const documents = [...documentsIn(record, "requestParameters"), ...documentsIn(record, "responseElements")];
  known.set(record, documents);
  return documents;
}

function documentsIn(record: CloudTrailRecord, part: "requestParameters" | "responseElements"): PolicyDocument[] {
  const parameters = record[part];
  const search = new Search();
  const demanded = part === "requestParameters" ? demandedField(record) : undefined;
  if (isObject(parameters)) {
    search.walk(parameters, part);
    const grants = part === "requestParameters" ? grantsOfParameters(parameters) : [];
    if (grants.length > 0) search.documents.push({ field: part, statements: grants });
  }
  if (demanded !== undefined && !search.documents.some(({ managed }) => managed === undefined)) {
    search.documents.push({ field: `${part}.${demanded}`, statements: undefined });
  }
  return search.documents;
}

class Search {
  readonly documents: PolicyDocument[] = [];
  #text = MAX_TEXT;
  #nodes = MAX_NODES;
  #statements = MAX_STATEMENTS;

  walk(value: unknown, field: string, depth = 0): void {
    if (depth > MAX_DEPTH || this.#nodes-- <= 0) {
      this.#addUnreadable(field);
      return;
    }
    if (Array.isArray(value)) for (const element of value) this.walk(element, field, depth + 1);
    else if (typeof value === "string") this.#read(value, field, depth);
    else if (isObject(value) && !this.#add(field, elementsOf(value)("statement"))) {
      for (const [name, inner] of Object.entries(value)) {
        const grants = grantsOfField(name, inner);
        if (grants.length > 0) this.documents.push({ field: `${field}.${name}`, statements: grants });
        this.walk(inner, `${field}.${name}`, depth + 1);
      }
    }
  }

  #read(text: string, field: string, depth: number): void {
    const managed = /polic(?:y|ies)arns?$/i.test(field) ? managedPolicyOf(text) : undefined;
    if (managed !== undefined) this.documents.push({ field, statements: [], managed });
    const trimmed = text.trim();
    if (!/^["{[%]/.test(trimmed)) return;
    this.#text -= trimmed.length;
    if (this.#text < 0) {
      this.#addUnreadable(field);
      return;
    }
    const parsed = parse(trimmed);
    if (parsed !== undefined && parsed !== text) this.walk(parsed, field, depth + 1);
  }

  /** Notes a document by its Statement element; false where that is none. */
  #add(field: string, element: unknown): boolean {
    if (typeof element !== "object" || element === null) return false;
    const list: readonly unknown[] = Array.isArray(element) ? element.flat(3) : [element];
    this.#statements -= list.length;
    const read = this.#statements < 0 ? [] : list.map(readStatement);
    const statements = read.filter((statement) => statement !== undefined);
    if (statements.length > 0) this.documents.push({ field, statements });
    if (statements.length < list.length) this.#addUnreadable(field);
    return true;
  }

  #addUnreadable(field: string): void {
    const isKnown = this.documents.some((one) => one.field === field && one.statements === undefined);
    if (!isKnown) this.documents.push({ field, statements: undefined });
  }
}

/** The JSON in a text, also where it is URL-encoded as in IAM's responses, or escaped once more. */
function parse(text: string): unknown {
  const attempts = [
    () => (text.startsWith("%") ? decodeURIComponent(text) : (JSON.parse(text) as unknown)),
    () => JSON.parse(`"${text}"`) as unknown,
  ];
  for (const attempt of attempts) {
    try {
      return attempt();
    } catch {
      // The next form, or no document: a call that must carry one is told.
    }
  }
  return undefined;
}

/** Calls that cannot be made without a policy document, and where it stands. */
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

/** Where the document of a call must stand; SNS and SQS set it as one attribute of many. */
function demandedField(record: CloudTrailRecord): string | undefined {
  const parameters = record.requestParameters;
  if (isObject(parameters) && String(elementsOf(parameters)("attributename")).trim().toLowerCase() === "policy") {
    const value = elementsOf(parameters)("attributevalue");
    return value === "" ? undefined : "attributeValue";
  }
  const call = `${serviceOf(textAt(record, "eventSource") ?? "")}:${withoutApiVersion(textAt(record, "eventName") ?? "")}`;
  return Object.hasOwn(DEMANDED, call) ? DEMANDED[call] : undefined;
}
