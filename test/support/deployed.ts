import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";
import { ASSET_FILE, type Asset } from "../../lambda/asset.ts";
import { DESK_DEPLOYMENT, watchPrefix } from "../../lambda/core/rules/self.ts";
import type { WatchedWay } from "../../lambda/environment.ts";
import { type BundledFunction, bundledFunctions } from "./bundle.ts";
import { end, ending, unref } from "./child.ts";
import { NOW } from "./desk-pipeline.ts";
import type { LocalAws } from "./local-aws.ts";

const CLOCK = "./test/support/clock.mjs";

/** What the tick looks after. */
export const WATCHED: WatchedWay = {
  logBucket: "trail",
  logPrefix: "AWSLogs/",
  trailArn: DESK_DEPLOYMENT.trailArn,
  alerterArn: DESK_DEPLOYMENT.functionArn,
  watchRules: ["functions", "guard"].map((name) => watchPrefix(DESK_DEPLOYMENT.stackName) + name),
};

/** What an invocation of a deployed function came to. */
export interface Invocation {
  readonly result?: { readonly [count: string]: number };
  readonly error?: { readonly errorType: string; readonly errorMessage: string };
  /** What it logged. */
  readonly lines?: readonly string[];
}

/** Both functions as they are deployed: the produced bundles in a process of their own, against the local AWS. */
export interface DeployedFunctions {
  invoke(event: unknown): Promise<Invocation>;
  tick(): Promise<Invocation>;
  /** Sets their clock forward. */
  advance(milliseconds: number): Promise<void>;
  /** From now on they sleep in no time: their clock goes ahead instead. For invocations one after another. */
  hurry(): Promise<void>;
  /** Their clock, in milliseconds since the epoch. */
  now(): Promise<number>;
  stop(): Promise<void>;
}

/** The topics of a deployment. */
export interface Topics {
  readonly alertTopicArn: string;
  readonly smsTopicArn: string;
  readonly healthTopicArn: string;
  readonly healthSmsTopicArn: string;
}

/** A process that runs the bundles, of which each line asks something. */
interface Driver {
  ask(request: object): Promise<Invocation>;
  /** True while somebody waits for an answer, and once it has ended. */
  readonly isBusy: boolean;
  /** Lets this process end before it. */
  unref(): void;
  end(): Promise<void>;
}

/**
 * Whose functions were stopped while nothing was under way, of the suite with this AWS: they load others in a fifth of the
 * time of a new process.
 */
const idle = new Map<LocalAws, readonly Driver[]>();

/** Ends what waits for other functions of a suite. */
export async function endIdle(aws: LocalAws): Promise<void> {
  await Promise.all((idle.get(aws) ?? []).map((driver) => driver.end()));
  idle.delete(aws);
}

const ownEnvironment = { ...process.env };

function startDriver(): Driver {
  const child = ending(
    spawn(process.execPath, ["--import", CLOCK, "test/support/bundle-driver.mjs"], {
      stdio: ["pipe", "pipe", "inherit"],
      env: {
        ...ownEnvironment,
        CLOCK_AT: new Date(NOW).toISOString(),
        AWS_REGION: "us-east-1",
        AWS_ACCESS_KEY_ID: "local",
        AWS_SECRET_ACCESS_KEY: "local",
        AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true",
      },
    }),
  );
  child.stdin.on("error", () => undefined); // its end says more
  const waiting = new Map<number, (answer: Invocation) => void>();
  const ended = new Promise<never>((_, reject) => {
    child.on("error", reject);
    child.on("exit", (code, signal) => reject(new Error(`the functions' process ended: ${signal ?? code}`)));
  });
  ended.catch(() => undefined); // only those who still wait for an answer are told
  createInterface({ input: child.stdout }).on("line", (line) => {
    const { id, ...answer } = JSON.parse(line) as Invocation & { id: number };
    waiting.get(id)?.(answer);
    waiting.delete(id);
  });
  let last = 0;
  return {
    ask(request) {
      const answer = new Promise<Invocation>((resolve) => {
        last++;
        waiting.set(last, resolve);
        child.stdin.write(`${JSON.stringify({ id: last, ...request })}\n`);
      });
      return Promise.race([answer, ended]);
    },
    get isBusy() {
      return waiting.size > 0 || child.exitCode !== null || child.signalCode !== null;
    },
    unref: () => unref(child),
    end: () => end(child),
  };
}

/** Starts them at NOW with the topics given, and with other settings or rules if `change` makes some. */
export async function startDeployed(
  aws: LocalAws,
  topics: Topics,
  change?: (asset: Asset) => Asset,
  more: { readonly [variable: string]: string } = {},
): Promise<DeployedFunctions> {
  const { alerter, tick } = await bundledFunctions();
  const [driver = startDriver(), ...others] = idle.get(aws) ?? [];
  idle.set(aws, others);
  let isStopped = false;
  const ask: Driver["ask"] = (request) => {
    if (isStopped) throw new Error("these functions were stopped");
    return driver.ask(request);
  };
  const variables = {
    AWS_ENDPOINT_URL: aws.clientConfig.endpoint,
    ALERT_TOPIC_ARN: topics.alertTopicArn,
    SMS_TOPIC_ARN: topics.smsTopicArn,
    HEALTH_TOPIC_ARN: topics.healthTopicArn,
    HEALTH_SMS_TOPIC_ARN: topics.healthSmsTopicArn,
    DELIVERY_PATH: JSON.stringify(WATCHED),
    LEDGER_TABLE: `ledger-of-${topics.alertTopicArn.split(":").pop()}`,
    METRICS_NAMESPACE: "Trailbell/test",
    AWS_LAMBDA_FUNCTION_NAME: "alerter",
    DEPLOYMENT: JSON.stringify({ ...DESK_DEPLOYMENT, alertTopicArn: topics.alertTopicArn, logBucket: "trail" }),
    ...more,
  };
  const instance = ({ asset, script }: BundledFunction) => {
    const folder = change === undefined ? asset : changed(asset, change);
    return { script, url: pathToFileURL(join(folder, "index.mjs")).href, variables };
  };
  await ask({ load: { handler: instance(alerter), tick: instance(tick) } });
  return {
    invoke: (event) => ask({ invoke: "handler", event }),
    tick: () => ask({ invoke: "tick" }),
    advance: async (advance) => void (await ask({ advance })),
    hurry: async () => void (await ask({ hurry: true })),
    now: async () => (await ask({ time: true })).result?.now ?? Number.NaN,
    async stop() {
      if (isStopped) return;
      isStopped = true;
      if (driver.isBusy) return driver.end();
      driver.unref();
      idle.set(aws, [...(idle.get(aws) ?? []), driver]);
    },
  };
}

/** A folder with another asset. */
function changed(folder: string, change: (asset: Asset) => Asset): string {
  const other = mkdtempSync(join(tmpdir(), "trailbell-asset-"));
  const asset = JSON.parse(readFileSync(join(folder, ASSET_FILE), "utf8")) as Asset;
  writeFileSync(join(other, ASSET_FILE), JSON.stringify(change(asset)));
  return other;
}
