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
import { readNotification } from "../../lambda/aws/delivery-path.ts";
import type { FunctionState } from "../../lambda/core/health/concurrency.ts";
import type { BucketNotification } from "../../lambda/core/health/notification.ts";
import { setupOf, type TrailSetup, type TrailStatus } from "../../lambda/core/health/trail.ts";
import type { ListedObject } from "../doctor/intake.ts";
import { TEST_EVENT, type Tested } from "../doctor/test-alert.ts";

/** The time for the bucket's notification, in milliseconds. */
const TIME = 15_000;

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** How far back log files are searched, step by step, in milliseconds: a step touches two days at most. */
const BACK = [HOUR, 6 * HOUR, 12 * HOUR, 18 * HOUR, DAY, 1.5 * DAY, 2 * DAY, 2.5 * DAY, 3 * DAY];

/** Pages of a thousand keys: a step may have more, and then the newest of these is near enough. */
const MAX_PAGES = 20;

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
  // The bucket may be in another region than the stack.
  const s3 = new S3Client({ ...settings, followRegionRedirects: true });
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
    const folderOf = (time: string) => `${account}CloudTrail/${region}/${time.slice(0, 10).replaceAll("-", "/")}/`;
    // Keys sort by time, day by day: what is searched first is the end of a day that may have thousands of them.
    for (const [i, back] of BACK.entries()) {
      const [since, until] = [back, BACK[i - 1] ?? 0].map((time) => new Date(now - time).toISOString()) as [
        string,
        string,
      ];
      const [first, last] = [folderOf(since), folderOf(until)];
      const after = `${first}${id}_CloudTrail_${region}_${since.slice(0, 16).replace(/[-:]/g, "")}`;
      const lists = [list(Bucket, first, MAX_PAGES, after), ...(last === first ? [] : [list(Bucket, last, MAX_PAGES)])];
      const newest = newestIn((await Promise.all(lists)).flat());
      if (newest !== undefined) return newest;
    }
    return newestIn(await list(Bucket, `${account}CloudTrail/`, 1));
  }

  async function list(
    Bucket: string,
    Prefix: string,
    pages: number,
    StartAfter?: string,
  ): Promise<readonly ListedObject[]> {
    const found: ListedObject[] = [];
    const asked = { Bucket, Prefix, ...(StartAfter !== undefined && { StartAfter }) };
    let ContinuationToken: string | undefined;
    for (let page = 0; page < pages && (page === 0 || ContinuationToken !== undefined); page++) {
      const answer = await s3.send(new ListObjectsV2Command({ ...asked, ContinuationToken }));
      for (const { Key = "", LastModified } of answer.Contents ?? []) {
        found.push({ key: Key, at: LastModified?.getTime() ?? 0 });
      }
      ContinuationToken = answer.NextContinuationToken;
    }
    return found;
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
