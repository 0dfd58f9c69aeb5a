import type { Asset } from "../../lambda/asset.ts";
import { type DeployedFunctions, endIdle, startDeployed, type Topics } from "./deployed.ts";
import { type LocalAws, type LocalRequest, startLocalAws } from "./local-aws.ts";
import { LocalWayOut } from "./local-delivery-path.ts";
import { ACCOUNT, logFile, logKey, record, s3Event } from "./log-files.ts";

/** What a suite works with: the functions as they are deployed, new for each test, with a table and topics of its own. */
export interface DeployedSuite extends Topics {
  readonly aws: LocalAws;
  readonly functions: DeployedFunctions;
  readonly tableName: string;
  /** A key that no other test of the suite uses. */
  keyOf(name: string): string;
  /** Starts the functions anew, with other settings or rules. */
  redeploy(change: (asset: Asset) => Asset, variables?: { readonly [name: string]: string }): Promise<void>;
  /** One invocation for one file with these records. */
  deliver(name: string, ...records: readonly unknown[]): ReturnType<DeployedFunctions["invoke"]>;
  /** The same for a file below another account's path. */
  deliverIn(account: string, name: string, ...records: readonly unknown[]): ReturnType<DeployedFunctions["invoke"]>;
  /** Lets minutes pass. Returns how many items the ticks could not read. */
  minutes(count: number): Promise<number>;
  /** The requests that SNS took for a topic, each alert once. */
  taken(topicArn: string): readonly LocalRequest[];
  /** The alerts that people have, also those that a round-up tells of. */
  // biome-ignore lint/suspicious/noExplicitAny: alerts as machines get them
  told(): readonly any[];
}

/** Starts the local AWS of a suite; each of its tests has functions of its own. */
export async function deployedSuite(): Promise<DeployedSuite> {
  const aws = await startLocalAws();
  let functions: DeployedFunctions | undefined;
  let topics: Topics = { alertTopicArn: "", smsTopicArn: "", healthTopicArn: "", healthSmsTopicArn: "" };
  let run = 0;
  beforeEach(async () => {
    run++;
    aws.refuse = () => undefined;
    aws.published.length = 0;
    aws.events.length = 0;
    topics = {
      alertTopicArn: (await aws.createTopic(`alerts-${run}`)).topicArn,
      smsTopicArn: (await aws.createTopic(`texts-${run}`)).topicArn,
      healthTopicArn: (await aws.createTopic(`health-${run}`)).topicArn,
      healthSmsTopicArn: (await aws.createTopic(`texts-of-health-${run}`)).topicArn,
    };
    aws.deliveryPath = new LocalWayOut(topics.healthTopicArn);
    functions = onceAsked(() => startDeployed(aws, topics));
  });
  afterEach(() => functions?.stop());
  afterAll(() => endIdle(aws));
  afterAll(() => aws.stop());

  const suite: DeployedSuite = {
    aws,
    get functions() {
      if (functions === undefined) throw new Error("the functions are started before each test");
      return functions;
    },
    get alertTopicArn() {
      return topics.alertTopicArn;
    },
    get smsTopicArn() {
      return topics.smsTopicArn;
    },
    get healthTopicArn() {
      return topics.healthTopicArn;
    },
    get healthSmsTopicArn() {
      return topics.healthSmsTopicArn;
    },
    get tableName() {
      return `ledger-of-alerts-${run}`;
    },
    keyOf: (name) => logKey(`run${run}-${name}`),
    async redeploy(change, variables) {
      await functions?.stop();
      functions = await startDeployed(aws, topics, change, variables);
    },
    deliver: (name, ...records) => suite.deliverIn(ACCOUNT, name, ...records),
    async deliverIn(account, name, ...records) {
      const key = suite.keyOf(name).replaceAll(ACCOUNT, account);
      await aws.put("trail", key, logFile(...records));
      return suite.functions.invoke(s3Event("trail", key));
    },
    async minutes(count) {
      let unreadable = 0;
      for (let minute = 0; minute < count; minute++) {
        await suite.functions.advance(60_000);
        const { result } = await suite.functions.tick();
        unreadable += result?.unreadableItems ?? 0;
      }
      return unreadable;
    },
    taken: (topicArn) => aws.published.filter(({ fields, isTaken }) => isTaken && fields.TopicArn === topicArn),
    told: () =>
      suite
        .taken(topics.alertTopicArn)
        .map(alertIn)
        .flatMap((message) => (message.kind === "round-up" ? message.alerts : [message])),
  };
  return suite;
}

/** Functions that start when a test first asks something of them: many tests deploy others at once. */
function onceAsked(start: () => Promise<DeployedFunctions>): DeployedFunctions {
  let started: Promise<DeployedFunctions> | undefined;
  const functions = () => {
    started ??= start();
    return started;
  };
  return {
    invoke: async (event) => (await functions()).invoke(event),
    tick: async () => (await functions()).tick(),
    advance: async (milliseconds) => (await functions()).advance(milliseconds),
    hurry: async () => (await functions()).hurry(),
    now: async () => (await functions()).now(),
    stop: async () => (await started)?.stop(),
  };
}

/** The alert as machines get it. */
export function alertIn({ fields }: LocalRequest) {
  return JSON.parse(JSON.parse(fields.Message ?? "{}").default);
}

export const isPublish = ({ fields }: LocalRequest) => fields.Action === "Publish";

export const userIdentityOf = (caller: string) => ({
  type: "IAMUser",
  arn: `arn:aws:iam::${ACCOUNT}:user/${caller}`,
  accountId: ACCOUNT,
  userName: caller,
});

/** Callers of the name given, with numbers. */
export const callers = (count: number, name = "caller") => Array.from({ length: count }, (_, i) => `${name}-${i}`);

/** A high record: somebody made an access key. */
export const keyCreated = (caller: string) => record({ userIdentity: userIdentityOf(caller) });
