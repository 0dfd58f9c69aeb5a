import type { CloudTrailRecord } from "../../../../lambda/core/record/record.ts";
import type { EventPattern, Rule } from "../../../../lambda/core/rules/rule.ts";
import { compileRules } from "../../../../lambda/core/rules/rule-set.ts";
import { cpuTimeOf } from "../../../support/cpu-time.ts";
import { record } from "../../../support/log-files.ts";

const KNOWN = { accounts: ["444455556666"] };

function matches(rule: Partial<Rule>, one: CloudTrailRecord): boolean {
  const whole: Rule = { name: "r", place: "r.yaml:1", severity: "low", ...rule };
  return compileRules([whole], KNOWN).match(record(one), 0).matched.length === 1;
}

const parameters = (pattern: EventPattern): Partial<Rule> => ({ pattern: { requestParameters: pattern } });

describe("whose an account is", () => {
  test.each([
    ["own", "111122223333"],
    ["own", 111122223333],
    ["own", "arn:aws:iam::111122223333:role/web"],
    ["own", "arn:aws-cn:sts::111122223333:assumed-role/web/x"],
    ["known", "444455556666"],
    ["known", "arn:aws:iam::444455556666:root"],
    ["known", "arn:aws:iam::086441151436:root"],
    ["known", "arn:aws:lambda:us-east-1:017000801446:layer:AWSLambdaPowertoolsTypeScriptV2:1"],
    ["foreign", "999999999999"],
    ["foreign", "arn:aws:iam::999999999999:role/111122223333"],
    ["foreign", "https://sqs.us-east-1.amazonaws.com/999999999999/orders"],
    ["foreign", "999999999999.dkr.ecr.us-east-1.amazonaws.com/web"],
    ["none", "arn:aws:iam::aws:policy/ReadOnlyAccess"],
    ["none", "arn:aws:s3:::photos-999999999999"],
    ["none", "photos-999999999999"],
    ["none", "9999999999999"],
    ["none", ""],
    ["none", null],
    ["none", true],
  ])("%s: %p", (expected, value) => {
    const found = ["own", "known", "foreign"].filter((nearness) =>
      matches(parameters({ value: [{ account: nearness }] }), {
        recipientAccountId: "111122223333",
        requestParameters: { value },
      }),
    );
    expect(found).toEqual(expected === "none" ? [] : [expected]);
  });

  test("it is asked of the whole record, also within a list", () => {
    const pattern = { items: { kind: ["share"], account: [{ account: "foreign" }] } };
    const items = (...accounts: readonly string[]) => ({
      recipientAccountId: "111122223333",
      requestParameters: { items: accounts.map((account) => ({ kind: "share", account })) },
    });
    expect(matches(parameters(pattern), items("111122223333", "999999999999"))).toBe(true);
    expect(matches(parameters(pattern), items("111122223333", "444455556666"))).toBe(false);
  });
});

describe("networks", () => {
  test.each([
    ["0.0.0.0/0", true],
    ["192.0.2.7/0", true],
    ["192.0.2.7/15", true],
    ["192.0.0.0/16", false],
    ["192.0.2.7", false],
    ["::/0", true],
    ["2001:db8::/15", true],
    ["2001:DB8:0:0::/16", false],
    ["2001:db8::1", false],
    ["010.0.0.0/8", true],
    ["192.0.2.0/33", false],
    ["everywhere", false],
    [16, false],
  ])("%p is wider than /16: %p", (cidr, expected) => {
    expect(matches(parameters({ cidr: [{ "cidr-wider-than": 16 }] }), { requestParameters: { cidr } })).toBe(expected);
  });

  test.each([
    [["0.0.0.0/0"], true],
    [["198.51.100.7/0"], true],
    [["0.0.0.0/1"], true],
    [["128.0.0.0/1"], true],
    [["0.0.0.0/2", "64.0.0.0/2"], true],
    [["192.0.0.0/2", "0.0.0.0/2"], true],
    [["0.0.0.0/2", "0.0.0.0/2"], false],
    [["0.0.0.0/2", "1.2.3.4/3", "32.0.0.0/3"], false],
    [["0.0.0.0/2", "4000::/2"], false],
    [["::/0"], true],
    [["2000::/3"], true],
    [["2000::/4"], true],
    [["::/2"], true],
    [["::ffff:0.0.0.0/96"], true],
    [["::ffff:0:0/97", "::ffff:192.0.2.0/120"], true],
    [["::ffff:0:0/98"], false],
    [["3000::/5", "3800::/5"], true],
    [["2001:db8::/32"], false],
    [["fe80::/10", "fc00::/7"], false],
    [["2000::/4", "fd12:3456:789a::/48"], true],
    [["2000::/3", "fe80::/10", "fc00::/7"], true],
    [["4000::/2", "3000::/4"], true],
    [["fd00::/8", "2000::/5", "4000::/2"], false],
    [Array.from({ length: 128 }, (_, i) => `${2 * i}.0.0.0/8`), true],
    [Array.from({ length: 127 }, (_, i) => `${2 * i}.0.0.0/8`), false],
    [["10.0.0.0/8", "anything"], false],
    [[], false],
  ])("%p are the internet: %p", (cidrs, expected) => {
    const pattern = parameters({ items: { port: [22], cidr: [{ internet: true }] } });
    // However the blocks are spread over the elements, those of another port do not count.
    for (const items of [
      cidrs.map((cidr) => ({ port: 22, cidr })),
      [{ port: 22, cidr: cidrs }],
      [...cidrs.map((cidr) => ({ port: 22, cidr })).reverse(), { port: 443, cidr: "0.0.0.0/0" }],
    ]) {
      expect(matches(pattern, { requestParameters: { items } })).toBe(expected);
    }
  });
});

test("forty ports take a long list of blocks little longer than one port", () => {
  const time = (ports: number, network: number) => {
    const allows = Array.from({ length: ports }, (_, port) => ({ from: [{ numeric: ["<=", port] }] }));
    const pattern = { items: { cidr: [{ internet: true }], $or: [...allows, { from: [-1] }] } };
    const blocks = Array.from({ length: 10_000 }, (_, i) => `2001:${network.toString(16)}:${i.toString(16)}::/64`);
    const items = [{ from: 0, cidr: blocks }];
    return cpuTimeOf(() => expect(matches(parameters(pattern), { requestParameters: { items } })).toBe(false));
  };
  time(2, 1);
  expect(time(40, 2)).toBeLessThan(15 * time(1, 3));
});

describe("sizes and other fields", () => {
  test.each([
    [[1, 2, 3], true],
    [[1, 2], false],
    [[], false],
    ["abc", false],
    [{ a: 1, b: 2, c: 3 }, false],
    [null, false],
    [undefined, false],
    [
      [
        [1, 2],
        [3, 4],
        [5, 6],
      ],
      true,
    ],
  ])("%p has more than two elements: %p", (list, expected) => {
    expect(matches(parameters({ list: [{ size: [">", 2] }] }), { requestParameters: { list } })).toBe(expected);
  });

  test("a size is asked of the list in the element that meets the rest", () => {
    const pattern = parameters({ groups: { name: ["admins"], members: [{ size: [">=", 2] }] } });
    const groups = (admins: number, others: number) => ({
      requestParameters: {
        groups: [
          { name: "admins", members: Array(admins).fill("x") },
          { name: "others", members: Array(others).fill("x") },
        ],
      },
    });
    expect(matches(pattern, groups(2, 0))).toBe(true);
    expect(matches(pattern, groups(1, 5))).toBe(false);
  });

  test.each([
    ["alice", "alice", true],
    ["alice", "bob", false],
    ["alice", undefined, false],
    ["1", 1, false],
  ])("userName %p equals the caller's %p: %p", (userName, own, expected) => {
    const rule = parameters({ userName: [{ "equals-field": "userIdentity.userName" }] });
    expect(matches(rule, { userIdentity: { userName: own }, requestParameters: { userName } })).toBe(expected);
  });
});

describe("who acted", () => {
  const role = (path: string, more: object = {}) => ({
    userIdentity: {
      type: "AssumedRole",
      sessionContext: { sessionIssuer: { arn: `arn:aws:iam::111122223333:role/${path}` } },
      ...more,
    },
  });
  const LINKED = "aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling";
  test.each([
    ["an AWS service", "aws-service", { userIdentity: { type: "AWSService", invokedBy: "ec2.amazonaws.com" } }],
    [
      "nobody but a service",
      "aws-service",
      { userIdentity: { accountId: "111122223333", invokedBy: "rds.amazonaws.com" } },
    ],
    ["a service-linked role", "aws-service", role(LINKED, { invokedBy: "autoscaling.amazonaws.com" })],
    [
      "one that is known by its address",
      "aws-service",
      { ...role(LINKED), sourceIPAddress: "autoscaling.amazonaws.com" },
    ],
    [
      "a service-linked role in China",
      "aws-service",
      role("aws-service-role/elasticmapreduce.amazonaws.com.cn/AWSServiceRoleForEMRCleanup", {
        invokedBy: "elasticmapreduce.amazonaws.com.cn",
      }),
    ],
    [
      "AWS Backup",
      "aws-service",
      role("service-role/AWSBackupDefaultServiceRole", { invokedBy: "backup.amazonaws.com" }),
    ],
    [
      "Control Tower in an account that it manages",
      "aws-service",
      role("AWSControlTowerExecution", { invokedBy: "controltower.amazonaws.com" }),
    ],
    ["that role in other hands", "caller-directly", role("AWSControlTowerExecution")],
    [
      "that role by a stack set",
      "caller-directly",
      role("AWSControlTowerExecution", { invokedBy: "cloudformation.amazonaws.com" }),
    ],
    ["its role in other hands", "caller-directly", role("service-role/AWSBackupDefaultServiceRole")],
    [
      "its role by another service",
      "caller",
      role("service-role/AWSBackupDefaultServiceRole", { invokedBy: "ec2.amazonaws.com" }),
    ],
    ["a service-linked role from an address", "caller-directly", { ...role(LINKED), sourceIPAddress: "192.0.2.7" }],
    ["a role whose path looks so", "caller", role(`:role/${LINKED}`, { invokedBy: "autoscaling.amazonaws.com" })],
    [
      "a role whose name looks so",
      "caller",
      role("x/AWSServiceRoleForAutoScaling", { invokedBy: "autoscaling.amazonaws.com" }),
    ],
    ["an agent by the MCP server", "caller-directly", role("Admin", { invokedBy: "aws-mcp.amazonaws.com" })],
    [
      "an agent by another server of that kind",
      "caller-directly",
      role("Admin", { invokedBy: "eks-mcp.amazonaws.com" }),
    ],
    ["an automation with the caller's rights", "caller-directly", role("Admin", { invokedBy: "ssm.amazonaws.com" })],
    ["an agent with a service-linked role", "caller-directly", role(LINKED, { invokedBy: "aws-mcp.amazonaws.com" })],
    ["CloudFormation", "caller-directly", role("deploy", { invokedBy: "cloudformation.amazonaws.com" })],
    ["the console", "caller-directly", { userIdentity: { type: "IAMUser", arn: "arn", invokedBy: "AWS Internal" } }],
    ["a service for a caller", "caller", role("web", { invokedBy: "athena.amazonaws.com" })],
    ["a user", "caller-directly", { userIdentity: { type: "IAMUser", userName: "alice" } }],
    ["root", "caller-directly", { userIdentity: { type: "Root" } }],
    ["nobody", "caller-directly", { userIdentity: null }],
  ] as const)("%s is %s", (_, expected, one) => {
    const found = (["caller", "caller-directly", "aws-service"] as const).filter((by) => matches({ by }, one));
    expect(found).toEqual(expected === "caller-directly" ? ["caller", "caller-directly"] : [expected]);
  });
});

describe("one and the same element", () => {
  const each = { in: "requestParameters.items", pattern: { port: [22], note: [{ exists: false }] } };
  test.each([
    ["an element that has it and lacks the other", [{ port: 22 }, { port: 1, note: "x" }], true],
    ["only elements that have both", [{ port: 22, note: "x" }, { port: 1 }], false],
    ["one that is no list", { port: 22 }, true],
    ["none at all", [], false],
  ])("%s: %p", (_, items, expected) => {
    expect(matches({ each }, { requestParameters: { items } })).toBe(expected);
  });
});
