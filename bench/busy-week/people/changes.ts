import type { Act } from "../act.ts";
import type { Hand } from "../hand.ts";
import { newCode, word } from "../makings.ts";
import { bucketsOf, lastingHex, servicesOf } from "../organization.ts";
import type { Change } from "./change.ts";
import { BY_DEVELOPERS } from "./changes-of-developers.ts";
import { BY_PLATFORM } from "./changes-of-platform.ts";
import type { Access, Job, PermissionSet, Person } from "./person.ts";
import { HIDDEN } from "./sign-in.ts";

const BY_SECURITY: readonly Change[] = [
  [
    50,
    function* (hand) {
      yield hand.call("securityhub:BatchUpdateFindings", {
        findingIdentifiers: [
          { id: hand.random.uuid(), productArn: `arn:aws:securityhub:${hand.region}::product/aws/securityhub` },
        ],
        workflow: { status: "SUPPRESSED" },
        note: HIDDEN,
      });
    },
  ],
  [
    25,
    function* (hand) {
      yield hand.call("guardduty:ArchiveFindings", {
        detectorId: lastingHex(32, "detector", hand.account.name),
        findingIds: [hand.random.hex(32)],
      });
    },
  ],
  [
    25,
    function* (hand) {
      yield hand.call("access-analyzer:UpdateFindings", {
        analyzerArn: `arn:aws:access-analyzer:${hand.region}:${hand.account.id}:analyzer/organization`,
        ids: [hand.random.uuid()],
        status: "ARCHIVED",
      });
    },
  ],
];

const BY_DATA: readonly Change[] = [
  [
    40,
    function* (hand) {
      yield hand.call(
        "glue:StartJobRun",
        { jobName: `${hand.random.pick(servicesOf(hand.account))}-job` },
        { response: { jobRunId: `jr_${hand.random.hex(64)}` } },
      );
    },
  ],
  [
    20,
    function* (hand) {
      yield hand.call("glue:UpdateJob", {
        jobName: `${hand.random.pick(servicesOf(hand.account))}-job`,
        jobUpdate: { role: `arn:aws:iam::${hand.account.id}:role/glue-job`, maxCapacity: 10 },
      });
    },
  ],
  [
    20,
    function* (hand) {
      yield hand.call("glue:CreateTable", { databaseName: "sandbox", tableInput: { name: word(hand) } });
    },
  ],
  [
    20,
    function* (hand) {
      const key = `uploads/${word(hand)}.csv`;
      const bucketName = bucketsOf(hand.account)[2];
      yield hand.call(
        "s3:PutObject",
        { bucketName, Host: `${bucketName}.s3.${hand.region}.amazonaws.com`, key },
        { isData: true, resources: [["AWS::S3::Object", `arn:aws:s3:::${bucketName}/${key}`]] },
      );
    },
  ],
];

const BY_ML: readonly Change[] = [
  [
    50,
    function* (hand) {
      const model = hand.random.pick(["anthropic.claude-sonnet-4-5-20250929-v1:0", "amazon.nova-pro-v1:0"]);
      for (let i = hand.random.int(3, 25); i > 0; i--) yield hand.call("bedrock:InvokeModel", { modelId: model });
    },
  ],
  [
    30,
    function* (hand) {
      yield hand.call("sagemaker:CreateTrainingJob", {
        trainingJobName: `${hand.random.pick(servicesOf(hand.account))}-${hand.random.hex(6)}`,
        roleArn: `arn:aws:iam::${hand.account.id}:role/sagemaker-training`,
        resourceConfig: { instanceType: "ml.g5.2xlarge", instanceCount: 1, volumeSizeInGB: 100 },
      });
    },
  ],
  [20, (hand) => newCode(hand)],
];

const BY_DATABASE: readonly Change[] = [
  [
    40,
    function* (hand) {
      const dBSnapshotIdentifier = `${hand.account.name}-main-before-change-${hand.random.hex(4)}`;
      yield hand.call(
        "rds:CreateDBSnapshot",
        { dBSnapshotIdentifier, dBInstanceIdentifier: `${hand.account.name}-main` },
        { response: { dBSnapshotIdentifier } },
      );
    },
  ],
  [
    40,
    function* (hand) {
      yield hand.call("rds:ModifyDBParameterGroup", {
        dBParameterGroupName: `${hand.account.name}-pg16`,
        parameters: [{ parameterName: "work_mem", parameterValue: "65536", applyMethod: "immediate" }],
      });
    },
  ],
  [
    20,
    function* (hand) {
      yield hand.call("rds:RebootDBInstance", { dBInstanceIdentifier: `${hand.account.name}-replica` });
    },
  ],
];

/** Whose hands change things, and in how many of a hundred sessions. */
const CHANGES: { readonly [J in Job]?: readonly [percent: number, changes: readonly Change[]] } = {
  developer: [26, BY_DEVELOPERS],
  platform: [14, BY_PLATFORM],
  security: [15, BY_SECURITY],
  data: [30, BY_DATA],
  ml: [45, BY_ML],
  database: [12, BY_DATABASE],
};

const MAY_CHANGE: readonly PermissionSet[] = [
  "AdministratorAccess",
  "Developer",
  "SecurityAdmin",
  "DataScientist",
  "DatabaseAdmin",
];

/** Somebody changes a thing in some sessions, where her permissions let her. */
export function* changeByHand(hand: Hand, person: Person, { permissionSet }: Access): Generator<Act> {
  const [percent, changes] = CHANGES[person.job] ?? [0, []];
  if (!MAY_CHANGE.includes(permissionSet) || !hand.random.chance(percent / 100)) return;
  hand.wait(hand.random.between(20_000, 240_000));
  let left = hand.random.between(
    0,
    changes.reduce((sum, [weight]) => sum + weight, 0),
  );
  for (const [weight, acts] of changes) {
    left -= weight;
    if (left < 0) {
      yield* acts(hand, person);
      return;
    }
  }
}
