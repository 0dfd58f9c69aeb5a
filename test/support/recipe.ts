import { type DeployedResource, deployed, ofType, type Place } from "./deployed-template.ts";
import { type PolicyRequest, verdictOf } from "./policy.ts";
import { synth } from "./synth.ts";

export const ACCOUNT = "111122223333";
export const LOG_ARCHIVE = "444455556666";
export const REGION = "eu-central-1";

type Settings = { readonly [name: string]: string };
type Call = Omit<PolicyRequest, "principal" | "context"> & { readonly context?: PolicyRequest["context"] };

/** A recipe as it would stand in an account: its resources with their names, and what its role may do. */
export class Recipe {
  readonly resources: readonly DeployedResource[];
  readonly template: { readonly Outputs: { readonly [name: string]: { readonly Value: unknown } } };
  readonly place: Place;

  constructor(settings: Settings, { region = REGION, partition = "aws" } = {}) {
    this.place = { account: ACCOUNT, region, stack: settings.stackName ?? "Trailbell", partition };
    const template = synth(settings).toJSON();
    this.template = template as Recipe["template"];
    this.resources = deployed(template, this.place);
  }

  get roleArn(): string {
    return `arn:${this.place.partition}:iam::${ACCOUNT}:role/${this.#named("AWS::IAM::Role", "AlerterRole").ref}`;
  }

  /** What the functions' own policies say of a call. */
  mayCall({ context = {}, ...call }: Call): "Allow" | "Deny" | undefined {
    const own = ofType(this.resources, "AWS::IAM::Policy").filter(({ id }) => id.startsWith("AlerterRole"));
    const request: PolicyRequest = { ...call, context, principal: ["AWS", this.roleArn] };
    const verdicts = own.map(({ properties }) => verdictOf(properties.PolicyDocument, request));
    return verdicts.includes("Deny") ? "Deny" : verdicts.find((verdict) => verdict !== undefined);
  }

  /** What statements of somebody else's, as the outputs print them, say of a call of the functions' role. */
  othersSay(output: string, { context = {}, ...call }: Call, by: PolicyRequest["principal"] = ["AWS", this.roleArn]) {
    const json = this.output(output);
    const policy = Array.isArray(json) ? { Statement: json } : json;
    return verdictOf(policy, { ...call, context, principal: by });
  }

  /** An output that carries JSON, with the names filled in. */
  output(name: string): unknown {
    const { Value } = this.template.Outputs[name] ?? {};
    const text = deployed(
      { Resources: { Said: { Type: "Said", Properties: { Value } }, ...this.#raw() } },
      this.place,
    ).find(({ id }) => id === "Said")?.properties.Value;
    return typeof text === "string" && /^[[{]/.test(text) ? JSON.parse(text) : text;
  }

  of(type: string, start = ""): DeployedResource {
    return this.#named(type, start);
  }

  all(type: string): readonly DeployedResource[] {
    return ofType(this.resources, type);
  }

  #raw(): { readonly [id: string]: { readonly Type: string } } {
    return (this.template as unknown as { Resources: { [id: string]: { Type: string } } }).Resources;
  }

  #named(type: string, start: string): DeployedResource {
    const [found, ...others] = ofType(this.resources, type).filter(({ id }) => id.startsWith(start));
    if (found === undefined || others.length > 0)
      throw new Error(`${others.length + (found ? 1 : 0)} of ${type} ${start}`);
    return found;
  }
}
