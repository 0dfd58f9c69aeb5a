import {
  CloudTrailClient,
  DescribeTrailsCommand,
  GetEventSelectorsCommand,
  GetTrailCommand,
  GetTrailStatusCommand,
} from "@aws-sdk/client-cloudtrail";
import {
  GetFunctionConcurrencyCommand,
  GetFunctionConfigurationCommand,
  GetPolicyCommand,
  InvokeCommand,
  LambdaClient,
} from "@aws-sdk/client-lambda";
import { ListObjectsV2Command, S3Client } from "@aws-sdk/client-s3";
import { CLIENT_SETTINGS } from "../../lambda/aws/client-settings.ts";
import { readNotification } from "../../lambda/aws/way-out.ts";
import type { FunctionState } from "../../lambda/core/health/concurrency.ts";
import type { BucketNotification } from "../../lambda/core/health/notification.ts";
import { setupOf, type TrailSetup, type TrailStatus } from "../../lambda/core/health/trail.ts";
import type { ListedObject } from "../doctor/intake.ts";
import { TEST_EVENT, type Tested } from "../doctor/test-alert.ts";

/** The time for the bucket's notification, in milliseconds. */
const TIME = 15_000;

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** How many other accounts are searched for a recent log file. */
const MAX_ACCOUNTS = 5;

/** A function as it is deployed. */
export interface DeployedFunction extends FunctionState {
  readonly variables: { readonly [name: string]: string };
  /** When its code or its configuration last changed, in milliseconds since the epoch. */
  readonly changedAt?: number;
}

/** What brings log files to the function, as AWS says it is. Reads reject with AWS's errors. */
export function readIntake(region: string) {
  const settings = { ...CLIENT_SETTINGS, region };
  const s3 = new S3Client(settings);
  const lambda = new LambdaClient(settings);
  const cloudtrail = new CloudTrailClient(settings);

  async function foldersBelow(Bucket: string, Prefix: string): Promise<readonly string[]> {
    const { CommonPrefixes = [] } = await s3.send(new ListObjectsV2Command({ Bucket, Prefix, Delimiter: "/" }));
    return CommonPrefixes.map((one) => one.Prefix ?? "");
  }

  return {
    /** The newest log object of the account, or of another one, in a region; of the last days, or any that there is. */
    async newest(Bucket: string, prefix: string, accountId: string, now: number): Promise<ListedObject | undefined> {
      const found = await foldersBelow(Bucket, prefix);
      const organizations = found.filter((folder) => /\/o-[a-z0-9]+\/$/.test(folder));
      const inner = await Promise.all(organizations.map((folder) => foldersBelow(Bucket, folder)));
      const accounts = [...found, ...inner.flat()].filter((folder) => /\/\d{12}\/$/.test(folder));
      const own = accounts.filter((folder) => folder.endsWith(`/${accountId}/`));
      // Some of the other accounts may be closed.
      const some = own.length > 0 ? own : accounts.slice(0, MAX_ACCOUNTS);
      const all = await Promise.all(some.map((account) => newestOf(Bucket, account, region, now)));
      return newestIn(all.filter((one) => one !== undefined));
    },
    async function(FunctionName: string): Promise<DeployedFunction> {
      const asked = new GetFunctionConfigurationCommand({ FunctionName });
      const { State, Environment, LastModified } = await lambda.send(asked);
      const changedAt = Date.parse(LastModified ?? "");
      const answer = await lambda.send(new GetFunctionConcurrencyCommand({ FunctionName }));
      const reserved = answer.ReservedConcurrentExecutions;
      return {
        variables: Environment?.Variables ?? {},
        ...(!Number.isNaN(changedAt) && { changedAt }),
        ...(State !== undefined && { state: State }),
        ...(reserved !== undefined && { reserved }),
      };
    },
    notification(bucket: string): Promise<BucketNotification> {
      return readNotification(s3.config, bucket, AbortSignal.timeout(TIME));
    },
    async policy(FunctionName: string): Promise<string> {
      return (await lambda.send(new GetPolicyCommand({ FunctionName }))).Policy ?? "";
    },
    async trail(Name: string): Promise<TrailStatus> {
      const status = await cloudtrail.send(new GetTrailStatusCommand({ Name }));
      return {
        isLogging: status.IsLogging ?? false,
        ...(status.LatestDeliveryError !== undefined && { deliveryError: status.LatestDeliveryError }),
        ...(status.LatestDigestDeliveryError !== undefined && { digestError: status.LatestDigestDeliveryError }),
      };
    },
    async trailSetup(Name: string): Promise<TrailSetup> {
      const trail = await cloudtrail.send(new GetTrailCommand({ Name }));
      return setupOf(trail, await cloudtrail.send(new GetEventSelectorsCommand({ TrailName: Name })));
    },
    /** ARNs of the trails of this account, and of its organization, that write into a bucket. */
    async trailsTo(bucket: string): Promise<readonly string[]> {
      const { trailList = [] } = await cloudtrail.send(new DescribeTrailsCommand({}));
      return trailList.filter(({ S3BucketName }) => S3BucketName === bucket).flatMap(({ TrailARN }) => TrailARN ?? []);
    },
    async test(FunctionName: string): Promise<Tested> {
      // The function may take two minutes; a retry in the meantime would ring twice.
      const patient = new LambdaClient({ region, maxAttempts: 1, requestHandler: { requestTimeout: 180_000 } });
      const Payload = Buffer.from(JSON.stringify(TEST_EVENT));
      const { Payload: said, FunctionError } = await patient.send(new InvokeCommand({ FunctionName, Payload }));
      const answer = parsed(Buffer.from(said ?? []).toString());
      return { answer, ...(FunctionError !== undefined && { error: FunctionError }) };
    },
  };

  /** The newest log object of an account and region in the last three days, or else any object that is there. */
  async function newestOf(
    Bucket: string,
    account: string,
    region: string,
    now: number,
  ): Promise<ListedObject | undefined> {
    const id = account.split("/").at(-2) ?? "";
    // Keys sort by time, and a page holds a thousand: a busy day is searched from its end.
    for (const back of [HOUR, 6 * HOUR, DAY, 2 * DAY, 3 * DAY]) {
      const since = new Date(now - back).toISOString();
      const Prefix = `${account}CloudTrail/${region}/${since.slice(0, 10).replaceAll("-", "/")}/`;
      const after = `${Prefix}${id}_CloudTrail_${region}_${since.slice(0, 16).replace(/[-:]/g, "")}`;
      const today = `${account}CloudTrail/${region}/${new Date(now).toISOString().slice(0, 10).replaceAll("-", "/")}/`;
      const pages = [list(Bucket, Prefix, after), ...(today === Prefix ? [] : [list(Bucket, today)])];
      const listed = (await Promise.all(pages)).flat();
      const newest = newestIn(listed);
      if (newest !== undefined) return newest;
    }
    return (await list(Bucket, `${account}CloudTrail/`))[0];
  }

  async function list(Bucket: string, Prefix: string, StartAfter?: string): Promise<readonly ListedObject[]> {
    const asked = { Bucket, Prefix, ...(StartAfter !== undefined && { StartAfter }) };
    const { Contents = [] } = await s3.send(new ListObjectsV2Command(asked));
    return Contents.map(({ Key = "", LastModified }) => ({ key: Key, at: LastModified?.getTime() ?? 0 }));
  }
}

function newestIn(objects: readonly ListedObject[]): ListedObject | undefined {
  return objects.toSorted((a, b) => b.at - a.at)[0];
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}
