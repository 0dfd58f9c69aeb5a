import fc from "fast-check";
import type { CloudTrailRecord } from "../../../lambda/core/record/record.ts";
import type { Severity } from "../../../lambda/core/rules/severity.ts";
import { everyCall, NOW, type TestDesk, testDesk } from "../../support/desk-pipeline.ts";
import { ACCOUNT, logKey, record } from "../../support/log-files.ts";
import { runs } from "../../support/runs.ts";
import { assumes, iamUser, inSession, type RoleSession } from "../../support/sessions.ts";

const MINUTE = 60_000;
const at = (minutes: number) => `${new Date(NOW + minutes * MINUTE).toISOString().slice(0, 19)}Z`;
const OTHER = "444455556666";

const keyMade = (severity: Severity = "high") => everyCall(severity, { calls: ["iam:CreateAccessKey"] });
const session = (role: string, opened: number, more: Partial<RoleSession> = {}): RoleSession => ({
  role,
  name: "one",
  key: `ASIA${role.toUpperCase()}EXAMPLE`,
  opened: at(opened),
  ...more,
});
const admin = session("Admin", -20);
const deploy = session("Deploy", -40);
const makesKey = (userIdentity: CloudTrailRecord, userName = "bob") =>
  record({ userIdentity, eventTime: at(-1), requestParameters: { userName } });

const keyOf = (account: string, name: string) => logKey(name).replaceAll(ACCOUNT, account);
const wait = ({ desk }: TestDesk, minutes: number) => desk.advanceTo(desk.now() + minutes * MINUTE);
const opened = (email = "") => /^Opened {3}(.*(?:\n {9}.*)*)/m.exec(email)?.[1]?.replaceAll(/\n {9}/g, "\n");

/** What a mail says of a session that may be anybody's. */
const NOT_FOUND = "unknown: not in the log files so far (AWS's services are not looked for)";

test("what the same file says of a session stands in the first mail, and its subject names who is behind it", async () => {
  const desk = testDesk([keyMade()]);
  await desk.deliver([
    makesKey(inSession(admin)),
    assumes(inSession(deploy), admin),
    assumes(iamUser("alice"), deploy, { requestParameters: { serialNumber: `arn:aws:iam::${ACCOUNT}:mfa/alice` } }),
  ]);
  expect(desk.alerts.map(({ subject }) => subject)).toEqual([
    "[HIGH] Every call by alice via Admin in prod (111122223333): bob",
  ]);
  expect(opened(desk.alerts[0]?.email)).toBe(
    [
      `by IAM user alice, with MFA, from 192.0.2.44 at 2026-11-20 20:49:30 UTC (sts:AssumeRole)`,
      "then role Deploy opened role Admin at 2026-11-20 21:09:30 UTC",
    ].join("\n"),
  );
  expect(JSON.parse(desk.alerts[0]?.json ?? "")).toMatchObject({
    openedBy: [
      [{ identity: 'role Deploy, session "one" (chosen by the caller)', role: "Admin" }],
      [{ identity: "IAM user alice", actor: iamUser("alice").arn, role: "Deploy", mfa: "with MFA" }],
    ],
  });
  await desk.desk.runToEnd();
  expect(desk.alerts).toHaveLength(1);
});

test.each([
  ["critical", "alert,follow-up"],
  ["high", "alert,follow-up"],
  ["medium", "alert"],
] as const)("of a %s, a link that comes later is told within a tick: %s", async (severity, kinds) => {
  const desk = testDesk([keyMade(severity)]);
  await desk.deliver([makesKey(inSession(admin))]);
  const texts = desk.texts.length;
  await wait(desk, 25);
  expect(desk.alerts).toHaveLength(1);
  await desk.deliver([assumes(inSession(deploy), admin)], logKey("two"));
  await wait(desk, 3);
  await desk.deliver([assumes(iamUser("alice"), deploy)], logKey("three"));
  await wait(desk, 1);
  expect(desk.alerts.map(({ kind }) => kind).join()).toBe(kinds);
  const [first, later] = desk.alerts;
  if (later !== undefined) {
    expect(later.subject).toContain("Now known: Every call by alice via Admin in prod (111122223333): bob");
    expect(later.email).toContain(`Now known: who is behind a session that alert ${first?.id} of`);
    expect(opened(later.email)).toContain("by IAM user alice");
    expect(later.matches).toBe(0);
  }
  expect(desk.texts).toHaveLength(texts);
  // The next mail of the incident says it in any case, and what alice does is no news once it was told.
  await desk.deliver([makesKey(inSession(admin), "carl")], logKey("four"));
  await desk.desk.runToEnd();
  expect(opened(desk.alerts.at(-1)?.email)).toContain("by IAM user alice");
});

test("the part of the way that is known is told when the rest does not come, and corrected when it does", async () => {
  const desk = testDesk([keyMade()]);
  await desk.deliver([makesKey(inSession(admin))]);
  await desk.deliver([assumes(inSession(deploy), admin)], logKey("two"));
  await wait(desk, 29);
  expect(desk.alerts).toHaveLength(1);
  await wait(desk, 3);
  expect(opened(desk.alerts[1]?.email)).toMatch(/^by role Deploy.*\nit is not known, or not yet, who was behind that$/);
  await wait(desk, 300);
  await desk.deliver([assumes(iamUser("alice"), deploy)], logKey("three"));
  await wait(desk, 10);
  expect(opened(desk.alerts[2]?.email)).toContain("by IAM user alice");
  await desk.desk.runToEnd();
  expect(desk.alerts).toHaveLength(3);
});

test("somebody else who acts in the same role is news, and the line names both", async () => {
  const desk = testDesk([keyMade()]);
  const [first, second] = [session("Admin", -30, { key: "ASIA1" }), session("Admin", -20, { key: "ASIA2" })];
  await desk.deliver([makesKey(inSession(first)), assumes(iamUser("alice"), first)]);
  await wait(desk, 8);
  await desk.deliver([makesKey(inSession(second)), assumes(iamUser("carl"), second)], logKey("two"));
  await wait(desk, 1);
  expect(desk.alerts).toHaveLength(2);
  expect(desk.alerts[1]?.subject).toContain("by carl via Admin");
  const both = testDesk([keyMade()]);
  await both.deliver([
    makesKey(inSession(first)),
    makesKey(inSession(second)),
    makesKey(inSession(session("Admin", -9, { key: "ASIA3" }))),
    assumes(iamUser("alice"), first),
    assumes(iamUser("carl"), second),
  ]);
  expect(both.alerts[0]?.email).toContain("in sessions of alice, carl, 1 unknown, 3 times");
});

test("no number of sessions of one person takes the place of another's, as news and in the mail", async () => {
  const desk = testDesk([keyMade("critical")]);
  const [unknown, first, hers] = ["unknown", "first", "hers"].map((key, i) => session("Admin", i - 30, { key }));
  const others = Array.from({ length: 8 }, (_, i) => session("Admin", i - 20, { key: `other-${i}` }));
  const alices = [first, ...others].map((one) => assumes(iamUser("alice"), one as RoleSession));
  await desk.deliver([...alices, assumes(iamUser("mallory"), hers as RoleSession)], logKey("links"));
  await desk.deliver([makesKey(inSession(unknown as RoleSession))], logKey("unknown"));
  await wait(desk, 5);
  await desk.deliver([makesKey(inSession(first as RoleSession))], logKey("first"));
  const before = desk.alerts.length;
  const files = [others.slice(0, 4), [hers as RoleSession], others.slice(4)];
  for (const [i, own] of files.entries()) {
    await desk.deliver(
      own.map((one) => makesKey(inSession(one))),
      logKey(`file-${i}`),
    );
  }
  await wait(desk, 2);
  expect(desk.alerts.slice(before).map(({ email }) => email)).toEqual([expect.stringMatching(/sessions of .*mallory/)]);
});

test("of two who act in the same role, the ends of their long names tell them apart", async () => {
  const desk = testDesk([keyMade()]);
  const caller = (name: string) => ({
    ...iamUser(name),
    arn: `arn:aws:iam::${ACCOUNT}:user/${"p".repeat(510)}/${name}`,
  });
  // The role has an incident of its own before anybody knows who is in it.
  const [zeroth, first, second] = [-40, -30, -20].map((minutes) =>
    session("Admin", minutes, { key: `ASIA${minutes}` }),
  );
  if (zeroth === undefined || first === undefined || second === undefined) throw new Error("no sessions");
  await desk.deliver([makesKey(inSession(zeroth))]);
  await wait(desk, 8);
  await desk.deliver([makesKey(inSession(first)), assumes(caller("alice"), first)], logKey("two"));
  await wait(desk, 8);
  const before = desk.alerts.length;
  await desk.deliver([makesKey(inSession(second)), assumes(caller("carl"), second)], logKey("three"));
  await wait(desk, 1);
  expect(desk.alerts.length).toBe(before + 1);
});

const shared = { sharedEventID: "19ee34b2-0000-4000-8000-000000000000" };
/** Alice of the other account opens a session here; each account's log has a record of it. */
const foreign = { type: "AWSAccount", principalId: iamUser("alice", OTHER).principalId, accountId: OTHER };
const here = assumes(foreign, admin, shared);
const there = assumes(iamUser("alice", OTHER), admin, { ...shared, recipientAccountId: OTHER });

test.each([
  ["after", [logKey("two"), here, keyOf(OTHER, "three"), there]],
  ["before", [keyOf(OTHER, "two"), there, logKey("three"), here]],
] as const)("a caller from another account is named by its own log, which comes %s", async (_, [one, a, two, b]) => {
  const desk = testDesk([keyMade()]);
  await desk.deliver([makesKey(inSession(admin))]);
  await desk.deliver([a], one);
  await desk.deliver([b], two);
  await desk.desk.runToEnd();
  const last = desk.alerts.at(-1);
  expect(last?.subject).toContain("Now known: Every call by alice via Admin");
  expect(opened(last?.email)).toContain(`by IAM user alice, of account ${OTHER}, as its own log says`);
});

test.each([
  ["names somebody of the account that was called", iamUser("root-admin"), "777788889999", {}],
  ["names somebody of a third account", iamUser("alice", OTHER), "777788889999", {}],
  ["names one of its own who is not the caller", iamUser("alice", "777788889999"), "777788889999", {}],
  ["is below no account's path", iamUser("alice", OTHER), undefined, { recipientAccountId: OTHER }],
  [
    "gives its own caller the ARN of somebody here",
    { ...iamUser("alice"), accountId: OTHER, principalId: foreign.principalId },
    OTHER,
    {},
  ],
  ["is of the caller's account, and another principal", iamUser("carl", OTHER), OTHER, {}],
])("a forged link that %s blames nobody", async (_, userIdentity, path, fields) => {
  const desk = testDesk([keyMade()]);
  const key = path === undefined ? "AWSLogs/elsewhere/CloudTrail/x.json.gz" : keyOf(path, "forged");
  const forged = assumes(userIdentity, admin, { ...shared, recipientAccountId: path, ...fields });
  const unlike = assumes(userIdentity, admin, { ...shared, ...fields });
  await desk.deliver([forged, unlike], key);
  await desk.deliver([makesKey(inSession(admin)), here]);
  await wait(desk, 40);
  expect(desk.alerts.length).toBeGreaterThan(0);
  for (const { subject, email } of desk.alerts.filter(({ rule }) => rule === "every-call")) {
    expect(subject).not.toMatch(/alice|carl|root-admin/);
    expect(opened(email) ?? "").not.toMatch(/alice|carl|root-admin/);
  }
});

test("a forged AssumeRoot opens no role's session, and names nobody of another account", async () => {
  const desk = testDesk([keyMade()]);
  const forged = assumes(iamUser("alice"), admin, {
    eventName: "AssumeRoot",
    recipientAccountId: OTHER,
    requestParameters: { targetPrincipal: ACCOUNT },
  });
  const own = { ...forged, userIdentity: iamUser("alice", OTHER), eventID: "own" };
  await desk.deliver([forged, own], keyOf(OTHER, "forged"));
  await desk.deliver([makesKey(inSession(admin))]);
  expect(opened(desk.alerts.find(({ rule }) => rule === "every-call")?.email)).toBe(NOT_FOUND);
});

test("unverified records name nobody, and links that cannot be read delay no alert", async () => {
  const desk = testDesk([keyMade()]);
  await desk.deliver([assumes(iamUser("alice"), admin)], logKey("two"));
  await desk.deliver([makesKey(inSession(admin))], keyOf(OTHER, "forged"));
  await wait(desk, 2);
  const unverified = desk.alerts.find(({ isUnverified }) => isUnverified);
  expect(unverified?.email).toContain("UNVERIFIED");
  expect(`${unverified?.subject}${unverified?.email}`).not.toContain("alice");
  const broken = testDesk([keyMade()]);
  const original = broken.store.read.bind(broken.store);
  broken.store.read = async (keys, now) => {
    if (keys.some((key) => key.startsWith("links#"))) throw new Error("throttled");
    return original(keys, now);
  };
  await broken.deliver([makesKey(inSession(admin))]);
  expect(broken.alerts).toHaveLength(1);
});

test("a medium mail in between does not end the looking for who is behind a high one", async () => {
  const high = everyCall("high", { name: "a-key", calls: ["iam:CreateAccessKey"] });
  const medium = everyCall("medium", { name: "a-user", calls: ["iam:CreateUser"] });
  const desk = testDesk([high, medium]);
  await desk.deliver([makesKey(inSession(admin))]);
  await wait(desk, 20);
  await desk.deliver([{ ...makesKey(inSession(admin), "carl"), eventName: "CreateUser" }], logKey("two"));
  await wait(desk, 20);
  await desk.deliver([assumes(iamUser("alice"), admin)], logKey("three"));
  await wait(desk, 2);
  expect(desk.alerts.at(-1)?.subject).toContain("Now known: A key by alice via Admin");
});

const web = (userName: string, identityProvider: string) => ({
  type: "WebIdentityUser",
  principalId: `${identityProvider}:sts.amazonaws.com:${userName}`,
  userName,
  identityProvider,
});
const GITHUB = `arn:aws:iam::${ACCOUNT}:oidc-provider/token.actions.githubusercontent.com`;
const EKS = `arn:aws:iam::${ACCOUNT}:oidc-provider/oidc.eks.eu-central-1.amazonaws.com/id/1A2B`;
const byWeb = { eventName: "AssumeRoleWithWebIdentity" };
const bySaml = { eventName: "AssumeRoleWithSAML" };
const pod = {
  requestParameters: {
    roleArn: `arn:aws:iam::${ACCOUNT}:role/Admin`,
    roleSessionName: "one",
    tags: [
      { key: "eks-cluster-name", value: "shop" },
      { key: "kubernetes-namespace", value: "cart" },
      { key: "kubernetes-service-account", value: "writer" },
    ],
  },
};
const aws = (invokedBy: string) => ({ type: "AWSService", invokedBy });
const elsewhere = inSession({ ...admin, key: "ASIAOTHEREXAMPLE" });

test.each<[string, CloudTrailRecord, string | undefined, CloudTrailRecord?]>([
  [
    "a pipeline of GitHub",
    assumes(web("repo:acme/shop:ref:refs/heads/main", GITHUB), admin, byWeb),
    "by GitHub Actions, repository acme/shop, ref refs/heads/main",
  ],
  [
    "a pipeline of GitHub without a ref",
    assumes(web("repo:acme/shop:environment:prod", GITHUB), admin, byWeb),
    "by GitHub Actions, repository acme/shop, environment:prod",
  ],
  [
    "somebody's own provider that speaks like GitHub",
    assumes(web("repo:acme/shop:ref:refs/heads/main", GITHUB.replace(".com", ".com.evil.example")), admin, byWeb),
    "by web identity user repo:acme/shop:ref:refs/heads/main, vouched for by",
  ],
  [
    "a pod with a service account of its own",
    assumes(web("system:serviceaccount:cart:writer", EKS), admin, byWeb),
    "by Kubernetes service account cart/writer, vouched for by",
  ],
  [
    "a pod of Pod Identity",
    assumes(aws("pods.eks.amazonaws.com"), admin, pod),
    'by Kubernetes service account cart/writer, vouched for by "EKS cluster shop"',
  ],
  ["a function", assumes(aws("lambda.amazonaws.com"), admin), undefined],
  ["a refused call", assumes(iamUser("carl"), admin, { errorCode: "AccessDenied" }), undefined],
  ["a session with another key", assumes(iamUser("carl"), { ...admin, key: "ASIAOTHER" }), undefined],
  ["a session of another second", assumes(iamUser("carl"), { ...admin, opened: at(-19) }), undefined],
  [
    "somebody whom a directory vouches for, though the console has another key",
    assumes({ type: "SAMLUser", userName: "dora", identityProvider: "corp" }, admin, bySaml),
    "by SAML user dora, vouched for by corp",
    elsewhere,
  ],
  ["a program's session with another key", assumes(iamUser("carl"), admin), undefined, elsewhere],
  [
    "who switches roles in the console",
    record({
      userIdentity: { ...inSession(admin), accessKeyId: undefined, sessionContext: undefined },
      eventTime: admin.opened,
      eventSource: "signin.amazonaws.com",
      eventName: "SwitchRole",
      eventType: "AwsConsoleSignIn",
      requestParameters: null,
      responseElements: { SwitchRole: "Success" },
      additionalEventData: { SwitchFrom: iamUser("erik", OTHER).arn },
    }),
    `by IAM user erik, of account ${OTHER}, from 192.0.2.44`,
    elsewhere,
  ],
  [
    "who signs in for a tool",
    record({
      userIdentity: { ...inSession(admin), sessionContext: undefined },
      eventTime: admin.opened,
      eventSource: "signin.amazonaws.com",
      eventName: "CreateOAuth2Token",
      sourceIPAddress: "192.0.2.9",
    }),
    'by role Admin, session "one" (chosen by the caller), from 192.0.2.9',
  ],
])("who opened a session: %s", async (_, link, expected, caller = inSession(admin)) => {
  const desk = testDesk([keyMade()]);
  await desk.deliver([makesKey(caller), link]);
  const told = opened(desk.alerts[0]?.email);
  if (expected === undefined) expect(told).toBe(NOT_FOUND);
  else expect(told).toContain(expected);
});

test("sessions of other kinds: a user's temporary key, a federated user, the root user from outside, an agent's calls", async () => {
  const attributes = { creationDate: at(-20), mfaAuthenticated: "true" };
  const temporary = { ...iamUser("alice"), accessKeyId: "ASIA5", sessionContext: { attributes } };
  const federated = {
    type: "FederatedUser",
    principalId: `${ACCOUNT}:guest`,
    arn: `arn:aws:sts::${ACCOUNT}:federated-user/guest`,
    accountId: ACCOUNT,
    accessKeyId: "ASIA6",
    sessionContext: { attributes, sessionIssuer: { type: "IAMUser", userName: "mallory" } },
  };
  const rootUser = {
    type: "Root",
    principalId: ACCOUNT,
    accountId: ACCOUNT,
    accessKeyId: "ASIA7",
    sessionContext: { assumedRoot: "true", attributes },
  };
  const agent = { ...iamUser("alice"), invokedBy: "aws-mcp.amazonaws.com" };
  const call = (eventName: string, by: CloudTrailRecord, accessKeyId: string, fields: CloudTrailRecord = {}) =>
    record({
      userIdentity: by,
      eventTime: at(-20),
      eventSource: "sts.amazonaws.com",
      eventName,
      responseElements: { credentials: { accessKeyId } },
      ...fields,
    });
  const links = [
    call("GetSessionToken", iamUser("alice"), "ASIA5", { sourceIPAddress: "192.0.2.5" }),
    call("GetFederationToken", iamUser("mallory"), "ASIA6", { sourceIPAddress: "192.0.2.6" }),
    call("AssumeRoot", iamUser("chief", OTHER), "ASIA7", {
      recipientAccountId: OTHER,
      requestParameters: { targetPrincipal: ACCOUNT },
      sourceIPAddress: "192.0.2.7",
    }),
    record({
      userIdentity: iamUser("alice"),
      eventTime: at(-2),
      eventSource: "aws-mcp.amazonaws.com",
      eventName: "CallReadWriteTool",
      eventType: "AwsMcpEvent",
      sourceIPAddress: "192.0.2.8",
    }),
  ];
  const told = async (userIdentity: CloudTrailRecord) => {
    const desk = testDesk([keyMade()]);
    for (const [i, link] of links.entries()) {
      await desk.deliver([link], keyOf(String(link.recipientAccountId), `link${i}`));
    }
    await desk.deliver([makesKey(userIdentity)]);
    return opened(desk.alerts[0]?.email);
  };
  expect(await told(temporary)).toContain("by IAM user alice, from 192.0.2.5");
  expect(await told(federated)).toContain("by IAM user mallory, from 192.0.2.6");
  expect(await told(rootUser)).toContain("by IAM user chief, from 192.0.2.7");
  expect(await told(agent)).toBe("the agent was called from 192.0.2.8");
});

const SSO_ROLE = "AWSReservedSSO_Ops_0123456789abcdef";
const person = {
  ...inSession({ ...admin, role: SSO_ROLE, name: "carol@example.com", key: "ASIACAROLEXAMPLE" }),
  sessionContext: {
    sessionIssuer: {
      type: "Role",
      arn: `arn:aws:iam::${ACCOUNT}:role/aws-reserved/sso.amazonaws.com/${SSO_ROLE}`,
      userName: SSO_ROLE,
    },
  },
};

/** The first lines of the row that locks out. */
const lockOutOf = ({ alerts }: TestDesk) =>
  (/\nLock out (.*\n.*)\n/.exec(alerts[0]?.email ?? "")?.[1] ?? "").split(/\n +/);

test.each([
  [
    "a person of Identity Center",
    [assumes(person, admin)],
    /^if carol@example\.com denies it or does not answer in 10 minutes: the role's sessions until now \(programs', yours\) /,
    "# First carol@example.com, who opened this session and can open another: in IAM Identity Center, in the account that runs it, take away their assignments and groups, and disable them",
  ],
  [
    "somebody of another account",
    [here],
    /^if the role's owner denies it or does not answer in 10 minutes: the role's sessions until now \(programs', yours\) /,
    `# First alice of account ${OTHER}, who opened this session and can open another: have them locked out there, or take them out of the trust policy of the role`,
  ],
])("whoever opened the session comes first where no command stops them: %s", async (_, links, hits, first) => {
  const desk = testDesk([keyMade()]);
  await desk.deliver([there], keyOf(OTHER, "there"));
  await desk.deliver([makesKey(inSession(admin)), ...links], logKey("two"));
  const lines = lockOutOf(desk);
  expect(lines[0]).toMatch(hits);
  expect(lines[1]).toBe(first);
});

test("of two who switch to the same role, session name and second, neither is blamed alone", async () => {
  const desk = testDesk([keyMade()]);
  const switches = (name: string) =>
    record({
      userIdentity: { ...inSession(admin), accessKeyId: undefined, sessionContext: undefined },
      eventTime: admin.opened,
      eventSource: "signin.amazonaws.com",
      eventName: "SwitchRole",
      additionalEventData: { SwitchFrom: iamUser(name).arn },
    });
  await desk.deliver([makesKey(elsewhere), switches("erik")]);
  expect(desk.alerts[0]?.subject).toContain("by erik via Admin");
  await wait(desk, 60);
  await desk.deliver([switches("dora")], logKey("two"));
  await desk.desk.runToEnd();
  expect(desk.alerts.map(({ kind }) => kind)).toEqual(["alert", "follow-up"]);
  expect(desk.alerts.at(-1)?.subject).toContain("Now known: Every call by Admin");
  expect(opened(desk.alerts.at(-1)?.email ?? "")).toMatch(
    /^by IAM user dora.*; or by IAM user erik.*\nCloudTrail does not show which of them$/,
  );
});

test("AWS's services assume roles all day and leave no link; with followSessions off nobody does", async () => {
  const desk = testDesk([keyMade()]);
  await desk.deliver(Array.from({ length: 50 }, (_, i) => assumes(aws("ec2.amazonaws.com"), session("App", -i))));
  expect(desk.keys("links#")).toEqual([]);
  const off = testDesk([keyMade()], { followSessions: false });
  await off.deliver([makesKey(inSession(admin)), assumes(iamUser("alice"), admin)]);
  expect(off.keys("links#")).toEqual([]);
  expect(opened(off.alerts[0]?.email)).toBeUndefined();
});

test("who opens sessions without end pushes out nobody else's link, and an item stays under DynamoDB's limit", async () => {
  const desk = testDesk([keyMade()]);
  const long = "x".repeat(60);
  const flood = Array.from({ length: 3_000 }, (_, i) =>
    assumes(iamUser("mallory"), { role: "Flood", name: `${long}${i}`, key: `ASIAFLOOD${i}`, opened: at(-20) }),
  );
  await desk.deliver(flood, logKey("flood"));
  await desk.deliver([makesKey(inSession(admin)), assumes(iamUser("alice"), admin)], logKey("two"));
  expect(opened(desk.alerts[0]?.email)).toContain("by IAM user alice");
  expect(desk.largest).toBeLessThan(300_000);
});

test("links that cannot be read are kept, and mails come without them", async () => {
  const desk = testDesk([keyMade()]);
  await desk.deliver([assumes(iamUser("alice"), admin)], logKey("two"));
  const [key = ""] = desk.keys("links#");
  const item = (await desk.store.read([key], NOW)).get(key);
  const broken = { ...(item?.body as object), openers: [{ identity: 7 }] };
  await desk.store.commit([{ key, expected: item?.version ?? 0, next: { body: broken, expiresAt: NOW * 2 } }]);
  await desk.deliver([makesKey(inSession(admin)), assumes(iamUser("alice"), admin)]);
  expect(desk.alerts).toHaveLength(1);
  expect((await desk.store.read([key], NOW)).get(key)?.body).toEqual(broken);
  await desk.desk.runToEnd();
  expect(desk.alerts).toHaveLength(1);
});

test("without a ledger the mail comes at once, and says nothing of who is behind", async () => {
  const desk = testDesk([keyMade()]);
  desk.ledgerDown = true;
  await desk.deliver([makesKey(inSession(admin)), assumes(iamUser("alice"), admin)]);
  expect(desk.alerts).toHaveLength(1);
  expect(opened(desk.alerts[0]?.email)).toBeUndefined();
});

/** Whoever opens sessions, in turn out of one another; keys are used again, and roles and names are all the same. */
const chains = fc.array(
  fc.record({
    person: fc.constantFrom("alice", "carl", "dora"),
    depth: fc.integer({ min: 1, max: 3 }),
    key: fc.constantFrom("ASIA1", "ASIA2"),
    isForeign: fc.boolean(),
  }),
  { minLength: 1, maxLength: 4 },
);

test("any split of the records over files, in any order, ends in the same chains, and no two people are merged", async () => {
  await fc.assert(
    fc.asyncProperty(
      chains,
      fc.array(fc.record({ order: fc.nat(), file: fc.nat(4) }), { minLength: 40, maxLength: 40 }),
      fc.constantFrom(0, 1, 7, 25),
      async (all, places, gap) => {
        const desk = testDesk([keyMade()]);
        const records: { readonly made: CloudTrailRecord; readonly account: string }[] = [];
        const expected = new Map<string, string>();
        for (const [i, { person, depth, key, isForeign }] of all.entries()) {
          let by: CloudTrailRecord = iamUser(person, isForeign ? OTHER : ACCOUNT);
          for (let step = 0; step < depth; step++) {
            // The same key id and the same names as others have, in another second.
            const next = session("Admin", -60 + 5 * i + step, { key });
            const id = { sharedEventID: `shared-${i}` };
            if (step === 0 && isForeign) {
              const own = { type: "AWSAccount", principalId: by.principalId, accountId: OTHER };
              records.push({ made: assumes(own, next, id), account: ACCOUNT });
              records.push({ made: assumes(by, next, { ...id, recipientAccountId: OTHER }), account: OTHER });
            } else records.push({ made: assumes(by, next), account: ACCOUNT });
            by = inSession(next);
          }
          records.push({ made: makesKey(by, `made-by-${person}-${i}`), account: ACCOUNT });
          expected.set(`made-by-${person}-${i}`, person);
        }
        const placed = records.map((one, i) => ({ ...one, ...(places[i] ?? { order: 0, file: 0 }) }));
        const files = new Map<string, CloudTrailRecord[]>();
        for (const { made, account, file } of placed.sort((a, b) => a.order - b.order)) {
          const name = keyOf(account, `file${file}`);
          files.set(name, [...(files.get(name) ?? []), made]);
        }
        for (const [name, made] of files) {
          await desk.deliver(made, name);
          await wait(desk, gap);
        }
        // A last one of each session: by now all is known.
        await wait(desk, 60);
        for (const [target, person] of expected) {
          const last = records.find(({ made }) => JSON.stringify(made.requestParameters).includes(`"${target}"`))?.made;
          const again = testlessCopy(last, `${target}-again`);
          await desk.deliver([again], logKey(target));
          await wait(desk, 60);
          const mail = desk.alerts.findLast(({ email }) => email.includes(`userName: ${target}-again`));
          expect(opened(mail?.email)).toMatch(new RegExp(`^by IAM user ${person},`));
        }
        for (const { email } of desk.alerts) {
          const [, target = ""] = /userName: (made-by-\w+-\d)/.exec(email) ?? [];
          const told = opened(email);
          if (told?.startsWith("by IAM user")) {
            expect(told).toMatch(new RegExp(`^by IAM user ${expected.get(target) ?? "nobody"},`));
          }
        }
      },
    ),
    { numRuns: runs(120, 6), seed: 7 },
  );
});

function testlessCopy(from: CloudTrailRecord | undefined, userName: string): CloudTrailRecord {
  return record({ userIdentity: from?.userIdentity, eventTime: at(-1), requestParameters: { userName } });
}
