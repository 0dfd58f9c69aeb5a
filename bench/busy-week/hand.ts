import type { Act } from "./act.ts";
import { arnOf, type Caller, type Fields, isoTime } from "./callers.ts";
import type { Account } from "./organization.ts";
import type { Random } from "./random.ts";

/** What a call has beside its parameters. */
export interface More {
  readonly response?: Fields;
  /** An error's code and message, or `denied` in the words of the service. */
  readonly error?: "denied" | readonly [code: string, message?: string];
  readonly region?: string;
  /** The bucket or object, table or key that the record names. */
  readonly resources?: readonly (readonly [type: string, arn: string])[];
  /** True for what is done with data: objects, items, messages. */
  readonly isData?: true;
  /** Other fields of the record, in place of those that it would have. */
  readonly fields?: Fields;
}

/** Somebody's hand in an account: it makes one call after the other, each a while after the last. */
export class Hand {
  readonly caller: Caller;
  readonly account: Account;
  readonly region: string;
  readonly random: Random;
  /** When it makes its next call. */
  time: number;
  /** The least and the most time between two calls, in milliseconds. */
  pace: readonly [number, number];

  constructor(
    caller: Caller,
    account: Account,
    time: number,
    random: Random,
    { pace = [100, 900] as readonly [number, number], region = account.region } = {},
  ) {
    this.caller = caller;
    this.account = account;
    this.region = region;
    this.time = time;
    this.random = random;
    this.pace = pace;
  }

  /** `service:EventName`, as CloudTrail records the name. */
  call(call: string, parameters: Fields | null = null, more: More = {}): Act {
    const act = { time: this.time, record: this.#record(call, parameters, more) };
    this.time += this.random.between(...this.pace);
    return act;
  }

  wait(milliseconds: number): void {
    this.time += milliseconds;
  }

  /** The same hand, at this time, as another caller or elsewhere. */
  as(caller: Caller, { account = this.account, region = this.region, pace = this.pace } = {}): Hand {
    return new Hand(caller, account, this.time, this.random, { pace, region });
  }

  #record(call: string, parameters: Fields | null, { response, error, resources, isData, fields, ...more }: More) {
    const [service = "", eventName = ""] = call.split(":");
    const region = more.region ?? (GLOBAL.has(service) ? "us-east-1" : this.region);
    const refusal = error === "denied" ? refusalOf(service, eventName, this.caller) : error;
    const { userIdentity, sourceIPAddress, userAgent, vpcEndpointId, isConsole } = this.caller;
    const isOfAws = sourceIPAddress.endsWith(".amazonaws.com");
    return {
      eventVersion: "1.11",
      userIdentity,
      eventTime: isoTime(this.time),
      eventSource: `${SOURCES[service] ?? service}.amazonaws.com`,
      eventName,
      awsRegion: region,
      sourceIPAddress,
      userAgent,
      ...(refusal && { errorCode: refusal[0], ...(refusal[1] && { errorMessage: refusal[1] }) }),
      requestParameters: error === "denied" ? null : parameters,
      responseElements: refusal ? null : (response ?? null),
      requestID: this.random.uuid(),
      eventID: this.random.uuid(),
      readOnly: isRead(service, eventName),
      ...(resources && {
        resources: resources.map(([type, ARN]) => ({ accountId: this.account.id, type, ARN })),
      }),
      eventType: "AwsApiCall",
      managementEvent: isData !== true,
      recipientAccountId: this.account.id,
      ...(vpcEndpointId !== undefined && { vpcEndpointId }),
      ...(userIdentity.type === "AWSService" && { sharedEventID: this.random.uuid() }),
      eventCategory: isData ? "Data" : "Management",
      ...(!isOfAws &&
        !isConsole && {
          tlsDetails: {
            tlsVersion: "TLSv1.3",
            cipherSuite: "TLS_AES_128_GCM_SHA256",
            clientProvidedHostHeader: `${service}.${region}.amazonaws.com`,
          },
        }),
      ...(isConsole && { sessionCredentialFromConsole: "true" }),
      ...fields,
    };
  }
}

/** Services that work in us-east-1, wherever they are called from. */
const GLOBAL: ReadonlySet<string> = new Set(
  "iam organizations cloudfront route53 route53domains account support ce health notifications billing freetier".split(
    " ",
  ),
);

/** Hosts that differ from the service's word in policies. */
const SOURCES: { readonly [service: string]: string } = {
  cloudwatch: "monitoring",
  "application-autoscaling": "autoscaling",
  tag: "tagging",
};

const READS =
  /^(?:Batch)?(?:Get|List|Describe|Head|Lookup|Search|Check|Filter|Simulate|Estimate|Preview|Assume|Decrypt$|Generate|Invoke|Converse|Select|Query|StartQuery$|DetectStack)/;

function isRead(service: string, eventName: string): boolean {
  if (service === "signin" || eventName === "GetSigninToken" || eventName === "GetFederationToken") return false;
  return READS.test(eventName);
}

/** Services name refusals each in its way. */
function refusalOf(service: string, eventName: string, caller: Caller): readonly [string, string] {
  const action = `${service}:${eventName.replace(/\d{4}[_-]?\d\d[_-]?\d\d(?:v\d)?$/, "")}`;
  const message = `User: ${arnOf(caller)} is not authorized to perform: ${action} because no identity-based policy allows the ${action} action`;
  if (service === "ec2")
    return ["Client.UnauthorizedOperation", `You are not authorized to perform this operation. ${message}`];
  if (service === "sns") return ["AuthorizationError", message];
  const isPlain = ["iam", "s3", "sts", "rds", "kms", "elasticloadbalancing", "autoscaling", "cloudformation", "sqs"];
  return [isPlain.includes(service) ? "AccessDenied" : "AccessDeniedException", message];
}
