import { isObject } from "../../lambda/core/record/record.ts";

/** A resource with its properties as CloudFormation would fill them in. */
export interface DeployedResource {
  readonly id: string;
  readonly type: string;
  /** What Ref means. */
  readonly ref: string;
  readonly properties: { readonly [name: string]: unknown };
}

export interface Place {
  readonly account: string;
  readonly region: string;
  readonly stack: string;
  /** `aws` if left out. */
  readonly partition?: string;
}

type Template = {
  readonly Resources: { readonly [id: string]: { readonly Type: string; readonly Properties?: object } };
};

/**
 * A template's resources with the names that CloudFormation would make: as long as they get, so that what is measured of
 * them is the worst. Knows the intrinsic functions that the stack uses; throws for another.
 */
export function deployed(
  template: object,
  place: Place,
  parameters: { readonly [name: string]: string | number } = {},
): readonly DeployedResource[] {
  const { Resources } = template as Template;
  const { partition = "aws" } = place;
  const arn = (service: string, resource: string, { account, region } = place) =>
    `arn:${partition}:${service}:${region}:${account}:${resource}`;
  const nameOf = (id: string): string => {
    const { Type = "", Properties = {} } = Resources[id] ?? {};
    const own = ["Name", "TrailName", "RoleName", "FunctionName", "TopicName"].map(
      (key) => (Properties as { [key: string]: unknown })[key],
    );
    const given = own.find((name) => name !== undefined);
    if (given !== undefined) return String(filled(given));
    const name = `${place.stack}-${id}-aB3dEf6hIj9k`;
    return Type === "AWS::S3::Bucket" ? name.toLowerCase() : name;
  };
  const refOf = (id: string): string => {
    const name = nameOf(id);
    if (Resources[id]?.Type === "AWS::SNS::Topic") return arn("sns", name);
    if (Resources[id]?.Type === "AWS::SQS::Queue")
      return `https://sqs.${place.region}.amazonaws.com/${place.account}/${name}`;
    return name;
  };
  const arnOf = (id: string): string => {
    const name = nameOf(id);
    const type = Resources[id]?.Type;
    switch (type) {
      case "AWS::Lambda::Function":
        return arn("lambda", `function:${name}`);
      case "AWS::IAM::Role":
        return arn("iam", `role/${name}`, { ...place, region: "" });
      case "AWS::DynamoDB::Table":
        return arn("dynamodb", `table/${name}`);
      case "AWS::SQS::Queue":
        return arn("sqs", name);
      case "AWS::Events::Rule":
        return arn("events", `rule/${name}`);
      case "AWS::S3::Bucket":
        return `arn:${partition}:s3:::${name}`;
      case "AWS::KMS::Key":
        return arn("kms", `key/${KEY_ID}`);
      default:
        return `${type}.Arn of ${name}`;
    }
  };
  const pseudo: { readonly [name: string]: string } = {
    "AWS::AccountId": place.account,
    "AWS::Region": place.region,
    "AWS::Partition": partition,
    "AWS::StackName": place.stack,
    "AWS::URLSuffix": "amazonaws.com",
  };
  const filled = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(filled);
    if (!isObject(value)) return value;
    const [[key, argument] = ["", undefined], ...others] = Object.entries(value);
    if (others.length === 0 && key === "Ref") {
      return parameters[String(argument)] ?? pseudo[String(argument)] ?? refOf(String(argument));
    }
    if (others.length === 0 && key === "Fn::GetAtt") {
      const [id = "", attribute] = argument as readonly string[];
      return attribute === "Arn" ? arnOf(id) : attribute?.endsWith("Name") ? nameOf(id) : `${id}.${attribute}`;
    }
    if (others.length === 0 && key === "Fn::Join") {
      const [by = "", parts] = argument as readonly [string, readonly unknown[]];
      return parts.map(filled).join(by);
    }
    if (others.length === 0 && key === "Fn::Sub" && typeof argument === "string") {
      return argument.replace(/\$\{([\w:]+)\}/g, (_, name: string) => pseudo[name] ?? refOf(name));
    }
    if (key.startsWith("Fn::")) throw new Error(`${key} is not known here`);
    return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, filled(inner)]));
  };
  return Object.entries(Resources).map(([id, { Type, Properties = {} }]) => {
    let properties: { readonly [name: string]: unknown } | undefined;
    return {
      id,
      type: Type,
      ref: refOf(id),
      // Not before it is asked for: what nobody looks at may use any function.
      get properties() {
        properties ??= filled(Properties) as { readonly [name: string]: unknown };
        return properties;
      },
    };
  });
}

/** A new key's. */
const KEY_ID = "1234abcd-12ab-34cd-56ef-1234567890ab";

/** The resources of one type. */
export function ofType(stack: readonly DeployedResource[], type: string): readonly DeployedResource[] {
  return stack.filter((resource) => resource.type === type);
}
