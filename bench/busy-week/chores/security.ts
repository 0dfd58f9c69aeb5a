import { MINUTE } from "../act.ts";
import { roleSession } from "../callers.ts";
import { Hand } from "../hand.ts";
import { groupOf, ingress, instancesSet } from "../makings.ts";
import { ACCOUNTS, accountNamed, accountsOf, HOME, instancesOf, lastingHex } from "../organization.ts";
import { browse } from "../people/browse.ts";
import { callsOf } from "../people/pages.ts";
import { byHand, type Chore } from "./chore.ts";

const AUDIT = accountNamed("audit");
const ADMIN = { permissionSet: "SecurityAdmin", account: "audit" } as const;

export const SECURITY_CHORES: readonly Chore[] = [
  {
    name: "scan of an account",
    perWeek: 1.5,
    acts: byHand("security", { permissionSet: "SecurityAudit", way: "command line" }, function* (hand, random) {
      // A scanner reads all there is, in all regions; some of it is refused.
      hand.pace = [20, 200];
      for (const region of [HOME, "us-east-1", "us-west-2", "ap-south-1", "sa-east-1"]) {
        for (const page of [
          "identity",
          "network",
          "instances",
          "functions",
          "databases",
          "secrets",
          "keys",
          "queues",
        ] as const) {
          for (const call of callsOf(page)) {
            if (/StartQ|Generate|AccessKube|notifications|freetier/.test(call)) continue;
            const isRefused = /^(?:ce|compute-optimizer|devops-guru):|GetParameter/.test(call) || random.chance(0.01);
            yield hand.call(call, null, { region, ...(isRefused && { error: "denied" as const }) });
          }
        }
      }
    }),
  },
  {
    name: "finding followed up",
    perWeek: 4,
    acts: byHand("security", { permissionSet: "SecurityAudit" }, function* (hand) {
      for (const page of ["history", "findings", "identity", "bucket"] as const) {
        yield* browse(hand, page, "SecurityAudit");
        hand.wait(3 * MINUTE);
      }
    }),
  },
  {
    name: "findings suppressed",
    perWeek: 0.6,
    acts: byHand("security", ADMIN, function* (hand) {
      yield hand.call("guardduty:CreateFilter", {
        detectorId: lastingHex(32, "detector", "audit"),
        name: "scanner-of-ours",
        action: "ARCHIVE",
        rank: 1,
        findingCriteria: {
          criterion: { "service.action.networkConnectionAction.remoteIpDetails.ipAddressV4": { eq: ["240.8.0.20"] } },
        },
      });
      yield hand.call("securityhub:CreateAutomationRule", {
        ruleName: "suppress-accepted",
        ruleStatus: "ENABLED",
        actions: [{ type: "FINDING_FIELDS_UPDATE" }],
      });
    }),
  },
  {
    name: "log searched",
    perWeek: 5,
    acts: byHand("security", ADMIN, function* (hand, random) {
      const queryExecutionId = random.uuid();
      for (let i = random.int(2, 8); i > 0; i--) {
        yield hand.call(
          "athena:StartQueryExecution",
          { queryString: "HIDDEN_DUE_TO_SECURITY_REASONS", workGroup: "security" },
          { response: { queryExecutionId } },
        );
        yield hand.call("athena:GetQueryResults", { queryExecutionId });
      }
    }),
  },
  {
    name: "scanner let in",
    perWeek: 0.5,
    *acts(start, random, day) {
      // For a test by somebody from outside, a group is opened to one address, and closed again.
      yield* byHand("platform", { permissionSet: "AdministratorAccess", account: "shop-staging" }, function* (hand) {
        yield ingress(hand, "240.8.0.20/32", 22);
        hand.wait(3 * 60 * MINUTE);
        yield hand.call("ec2:RevokeSecurityGroupIngress", {
          groupId: groupOf(hand, "service"),
          securityGroupRuleIds: { items: [{ securityGroupRuleId: `sgr-0${random.hex(16)}` }] },
        });
      })(start, random, day);
    },
  },
  {
    name: "machine set apart",
    perWeek: 0.3,
    acts: byHand("platform", { permissionSet: "AdministratorAccess" }, function* (hand, random) {
      // An exercise, or a false alarm: another group for the machine, and a copy of its disk.
      const [instanceId = ""] = instancesOf(hand.account);
      yield hand.call("ec2:ModifyInstanceAttribute", {
        instanceId,
        groupSet: { items: [{ groupId: groupOf(hand, "quarantine") }] },
      });
      yield hand.call(
        "ec2:CreateSnapshot",
        { volumeId: `vol-0${random.hex(16)}` },
        { response: { snapshotId: `snap-0${random.hex(16)}` } },
      );
      yield hand.call("ec2:ModifySnapshotAttribute", {
        snapshotId: `snap-0${random.hex(16)}`,
        attributeType: "CREATE_VOLUME_PERMISSION",
        createVolumePermission: { add: { items: [{ userId: AUDIT.id }] } },
      });
      yield hand.call("ec2:StopInstances", instancesSet(instanceId));
    }),
  },
  {
    name: "firewall changed",
    perWeek: 1.5,
    acts: byHand("platform", { permissionSet: "AdministratorAccess", account: "shop-prod" }, function* (hand, random) {
      yield hand.call("wafv2:GetWebACL", { name: "shop", scope: "REGIONAL", id: lastingHex(32, "acl") });
      yield hand.call("wafv2:UpdateWebACL", {
        name: "shop",
        scope: "REGIONAL",
        id: lastingHex(32, "acl"),
        defaultAction: { allow: {} },
        lockToken: random.uuid(),
      });
      yield hand.call("wafv2:UpdateIPSet", {
        name: "blocked",
        scope: "REGIONAL",
        id: lastingHex(32, "blocked"),
        lockToken: random.uuid(),
      });
    }),
  },
  {
    name: "guess of another's password",
    perWeek: 1,
    when: "any",
    *acts(start, random) {
      // Robots try names at the console of whoever they find.
      const account = random.pick(ACCOUNTS);
      const address = `240.${random.int(60, 90)}.0.${random.int(2, 250)}`;
      const caller = {
        userIdentity: {
          type: "IAMUser",
          principalId: "",
          accountId: account.id,
          accessKeyId: "",
          userName: "HIDDEN_DUE_TO_SECURITY_REASONS",
        },
        sourceIPAddress: address,
        userAgent:
          "Mozilla/5.0 (Windows NT 6.1; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/88.0.4324.150 Safari/537.36",
      };
      const hand = new Hand(caller, account, start, random, { pace: [2_000, 20_000], region: "us-east-1" });
      for (let i = random.int(1, 7); i > 0; i--) {
        yield hand.call("signin:ConsoleLogin", null, {
          response: { ConsoleLogin: "Failure" },
          fields: {
            eventType: "AwsConsoleSignIn",
            errorMessage: "No username found in supplied account",
            additionalEventData: {
              LoginTo: "https://console.aws.amazon.com/console/home",
              MobileVersion: "No",
              MFAUsed: "No",
            },
          },
        });
      }
    },
  },
  {
    name: "data classified",
    perWeek: 0.5,
    when: "any",
    *acts(start, random) {
      // Macie reads objects of a bucket, one after the other.
      const account = random.pick(accountsOf("prod"));
      const caller = roleSession(
        {
          account,
          role: "aws-service-role/macie.amazonaws.com/AWSServiceRoleForAmazonMacie",
          name: "classification",
          opened: start,
          identity: { invokedBy: "macie.amazonaws.com" },
        },
        "macie.amazonaws.com",
        "macie.amazonaws.com",
      );
      const hand = new Hand(caller, account, start, random, { pace: [20, 200] });
      const bucketName = `example-${account.name}-uploads-${account.id.slice(-4)}`;
      for (let i = 0; i < 300; i++) {
        const key = `customers/${random.int(1, 90_000)}/${random.uuid()}.pdf`;
        yield hand.call(
          "s3:GetObject",
          { bucketName, key },
          { isData: true, resources: [["AWS::S3::Object", `arn:aws:s3:::${bucketName}/${key}`]] },
        );
      }
    },
  },
];
