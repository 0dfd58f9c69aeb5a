import { openMuteBook } from "../../../cli/mute/ledger.ts";
import type { CloudTrailRecord } from "../../../lambda/core/record/record.ts";
import type { Rule } from "../../../lambda/core/rules/rule.ts";
import type { Severity } from "../../../lambda/core/rules/severity.ts";
import { createMemoryStore, type MemoryStore } from "../../../lambda/core/store/memory.ts";
import type { Summary } from "../../../lambda/summary.ts";
import { everyCall, NOW, type TestDesk, testDesk } from "../../support/desk-pipeline.ts";
import { ACCOUNT, logKey, record } from "../../support/log-files.ts";
import { assumes, iamUser, inSession, type RoleSession } from "../../support/sessions.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const OTHER = "444455556666";
const at = (minutes: number) => `${new Date(NOW + minutes * MINUTE).toISOString().slice(0, 19)}Z`;

const rule = (severity: Severity, name: string, more: Partial<Rule> = {}) => everyCall(severity, { name, ...more });
const KEY_MADE = rule("high", "key-made", { calls: ["iam:CreateAccessKey"], do: "Ask the caller." });
const USER_MADE = rule("high", "user-made", { calls: ["iam:CreateUser"] });
const USER_LOST = rule("critical", "user-lost", { calls: ["iam:DeleteUser"] });

let sessions = 0;
const session = (role = "Admin", more: Partial<RoleSession> = {}): RoleSession => ({
  role,
  name: "one",
  key: `ASIA${++sessions}`,
  opened: at(-20),
  ...more,
});
const roleArn = (role: string) => `arn:aws:iam::${ACCOUNT}:role/${role}`;
const alice = iamUser("alice");
const does = (userIdentity: CloudTrailRecord, userName = "bob", fields: CloudTrailRecord = {}) =>
  record({ userIdentity, eventTime: at(-1), requestParameters: { userName }, ...fields });
const makesUser = { eventName: "CreateUser" };
const losesUser = { eventName: "DeleteUser" };

const wait = ({ desk }: TestDesk, minutes: number) => desk.advanceTo(desk.now() + minutes * MINUTE);
let files = 0;
const deliver = (desk: TestDesk, ...records: readonly CloudTrailRecord[]) =>
  desk.deliver(records, logKey(`f${++files}`));

interface Told {
  readonly incident: string;
  readonly kind: string;
  readonly actor: string;
  readonly accountId: string;
  readonly lines: readonly {
    readonly call: string;
    readonly targets: readonly string[];
    readonly callers: readonly string[];
  }[];
}
const told = ({ alerts }: TestDesk): readonly Told[] => alerts.map(({ json }) => JSON.parse(json));
const actorsOf = (desk: TestDesk) => told(desk).map(({ actor }) => actor);
const rowOf = (desk: TestDesk, row: string, i = 0) =>
  new RegExp(`^${row} +(.*(?:\\n {9}.*)*)`, "m").exec(desk.alerts[i]?.email ?? "")?.[1];
const mute = (desk: TestDesk, of: Parameters<ReturnType<typeof openMuteBook>["add"]>[0]) =>
  openMuteBook(desk.store, desk.desk.now).add(of, 8 * HOUR, "work", "somebody");
/** Alerts without the announcements of mutes. */
const withoutMutes = ({ alerts }: TestDesk) => alerts.filter(({ rule: name }) => !name.startsWith("mute-"));
/** Matches in all alerts, by rule. */
const matchesOf = ({ alerts }: TestDesk) => {
  const all: { [rule: string]: number } = {};
  for (const { rules } of alerts.flatMap(({ parts }) => parts))
    for (const [name, count] of Object.entries(rules)) all[name] = (all[name] ?? 0) + count;
  return all;
};
const sumOf = ({
  listed,
  counted,
  pending,
  held,
  belowThreshold,
  duplicates,
  toldElsewhere,
  excepted,
  muted,
}: Summary) => listed + counted + pending + held + belowThreshold + duplicates + toldElsewhere + excepted + muted;

describe("what a role's session does is told in the incident of the person who opened it", () => {
  test("with the person as its actor, and the role as the caller of its lines", async () => {
    const desk = testDesk([KEY_MADE, USER_MADE]);
    const admin = session();
    const later = does(inSession(admin), "carl", { ...makesUser, eventTime: at(0) });
    await deliver(desk, assumes(alice, admin), does(inSession(admin)), later);
    expect(desk.alerts.map(({ subject }) => subject)).toEqual([
      "[HIGH] Key made by alice via Admin in prod (111122223333): bob, CreateUser carl",
    ]);
    expect(told(desk)[0]).toMatchObject({ kind: "alert", actor: alice.arn, accountId: ACCOUNT });
    expect(told(desk)[0]?.lines.map(({ callers }) => callers)).toEqual([[roleArn("Admin")], [roleArn("Admin")]]);
    expect(rowOf(desk, "Who")).toContain('role Admin, session "one" (chosen by the caller)');
    expect(rowOf(desk, "Opened")).toContain("by IAM user alice");
    expect(rowOf(desk, "Do")).toBe("Ask alice.");
    // Whoever can open new sessions comes first, then whom they made, then the sessions that are open.
    expect(rowOf(desk, "Lock out")).toMatch(
      /^if alice denies it or does not answer in 10 minutes: 1\. User alice and the new user carl are denied everything\. 2\. The role's sessions until now \(programs', yours\) are too; new ones work\. If that is you,/m,
    );
    expect(rowOf(desk, "Lock out")).toMatch(
      /for user in alice carl; do aws iam attach-user-policy --user-name \$user .*AWSDenyAll && echo "\$user denied"; done\n +aws iam put-role-policy --role-name Admin /,
    );
    expect(rowOf(desk, "Goes on")).toMatch(/^sessions of the role that others open from now on,/);
    expect(rowOf(desk, "Let in")).toMatch(
      /for user in alice carl; do aws iam detach-user-policy --user-name \$user .*AWSDenyAll; done\n +aws iam delete-role-policy --role-name Admin /,
    );
    expect(rowOf(desk, "Look")).toContain("AttributeKey=Username,AttributeValue=alice --region us-east-1");
    expect(rowOf(desk, "Quiet")).toContain(`npm run mute -- ${told(desk)[0]?.incident.slice(0, 8)} --for`);
    expect(desk.alerts[0]?.email).toMatch(/iam:CreateUser ok on carl by role\/Admin/);
    // It is the incident that her own calls have.
    await deliver(desk, does(alice, "dora"));
    await wait(desk, 5);
    expect(told(desk)[1]).toMatchObject({ kind: "follow-up", actor: alice.arn, incident: told(desk)[0]?.incident });
    await desk.desk.runToEnd();
    expect(desk.alerts).toHaveLength(2);
  });

  test("one line of a role: the mail quiets the incident, for a mute of the person would not hold for it", async () => {
    const desk = testDesk([KEY_MADE]);
    const admin = session();
    await deliver(desk, assumes(alice, admin), does(inSession(admin)));
    expect(rowOf(desk, "Quiet")).toContain(`npm run mute -- ${told(desk)[0]?.incident.slice(0, 8)} --for`);
  });

  test("the same call by the person and by her roles is a line of each, news for each, and named in each", async () => {
    const desk = testDesk([KEY_MADE]);
    const [admin, deploy] = [session("Admin"), session("Deploy")];
    await deliver(desk, assumes(alice, admin), assumes(alice, deploy), does(alice));
    await deliver(desk, does(inSession(admin)), does(inSession(deploy)), does(alice));
    await wait(desk, 5);
    expect(desk.alerts).toHaveLength(2);
    const { lines } = JSON.parse(desk.alerts[1]?.json ?? "");
    const ofRoles = ["Admin", "Deploy"].map((name) => ({ news: true, callers: [roleArn(name)], records: 1 }));
    // What the person does again is no news.
    const all = [...ofRoles, { news: false, callers: [alice.arn], records: 1 }];
    expect(lines).toHaveLength(3);
    expect(lines).toEqual(expect.arrayContaining(all.map((line) => expect.objectContaining(line))));
    expect(lines[2]).toMatchObject({ news: false });
    for (const role of ["Admin", "Deploy"])
      expect(desk.alerts[1]?.email).toMatch(new RegExp(`by role/${role}[\\s\\S]*\nTold before:\n.*by user/alice`));
    await deliver(desk, does(inSession(admin)));
    await wait(desk, 5);
    // Nor is it what the role does again.
    expect(desk.alerts).toHaveLength(2);
  });

  test.each<[string, CloudTrailRecord]>([
    ["root", { type: "Root", accountId: ACCOUNT, arn: `arn:aws:iam::${ACCOUNT}:root`, principalId: ACCOUNT }],
    [
      "a person of Identity Center",
      {
        ...inSession(session("AWSReservedSSO_Admin_0123456789abcdef", { name: "dora@example.com" })),
        sessionContext: {
          sessionIssuer: {
            type: "Role",
            arn: `${roleArn("aws-reserved/sso.amazonaws.com")}/AWSReservedSSO_Admin_0123456789abcdef`,
            accountId: ACCOUNT,
            userName: "AWSReservedSSO_Admin_0123456789abcdef",
          },
          attributes: { creationDate: at(-90), mfaAuthenticated: "false" },
        },
      },
    ],
  ])("if that is %s, too", async (_, person) => {
    const desk = testDesk([KEY_MADE]);
    const admin = session();
    await deliver(desk, does(person), assumes(person, admin));
    await deliver(desk, does(inSession(admin)));
    await wait(desk, 5);
    expect(told(desk).map(({ kind, incident }) => [kind, incident])).toEqual([
      ["alert", told(desk)[0]?.incident],
      ["follow-up", told(desk)[0]?.incident],
    ]);
  });

  test("if she came by another role, and if she is of another account: in the account where the role acts", async () => {
    const desk = testDesk([KEY_MADE]);
    const [first, second] = [session("Deploy", { opened: at(-40) }), session("Admin")];
    await deliver(desk, assumes(alice, first), assumes(inSession(first), second), does(inSession(second)));
    expect(actorsOf(desk)).toEqual([alice.arn]);
    const across = testDesk([KEY_MADE]);
    const carl = iamUser("carl", OTHER);
    const shared = { sharedEventID: "19ee34b2-0000-4000-8000-000000000000" };
    const admin = session();
    const foreign = { type: "AWSAccount", principalId: carl.principalId, accountId: OTHER };
    await across.deliver(
      [assumes(carl, admin, { ...shared, recipientAccountId: OTHER })],
      logKey("other").replaceAll(ACCOUNT, OTHER),
    );
    await deliver(across, assumes(foreign, admin, shared), does(carl), does(inSession(admin), "dora"));
    await wait(across, 5);
    expect(told(across).map(({ actor, accountId }) => [actor, accountId])).toEqual([
      [carl.arn, ACCOUNT],
      [carl.arn, ACCOUNT],
    ]);
  });

  test("severe news of the role rings at once, as the person's would", async () => {
    const desk = testDesk([KEY_MADE, USER_LOST]);
    const admin = session();
    await deliver(desk, assumes(alice, admin), does(alice));
    await deliver(desk, does(inSession(admin), "carl", losesUser));
    expect(desk.alerts.map(({ severity }) => severity)).toEqual(["high", "critical"]);
    expect(new Set(actorsOf(desk))).toEqual(new Set([alice.arn]));
    expect(desk.texts).toHaveLength(1);
  });
});

describe("a role's own incident tells what it does", () => {
  const admin = session();
  const opens = assumes(alice, admin);
  /** A session that a service gives to an instance, of the same role. */
  const onInstance = {
    ...inSession(session("Admin", { name: "i-0123456789abcdef0" })),
    sessionContext: { ...inSession(admin).sessionContext, ec2RoleDelivery: "2.0" },
  };
  const longName = `arn:aws:iam::${ACCOUNT}:user/${"team/".repeat(80)}alice`;
  const web = {
    type: "WebIdentityUser",
    principalId: "accounts.example.com:app:erik",
    userName: "erik",
    identityProvider: "accounts.example.com",
  };

  test.each<[string, readonly CloudTrailRecord[]]>([
    ["if nobody knows who opened its session", [does(inSession(admin))]],
    [
      "if two people did, in one file",
      [
        opens,
        assumes(iamUser("carl"), { ...admin, key: "ASIACARL" }),
        ...[admin, { ...admin, key: "ASIACARL" }].map((one) => does(inSession(one))),
      ],
    ],
    ["if the opener is only half known", [assumes(inSession(session("Deploy")), admin), does(inSession(admin))]],
    ["beside an instance that has the same role", [opens, does(inSession(admin)), does(onInstance)]],
    [
      "if the opener is no person whom IAM knows",
      [assumes(web, admin, { eventName: "AssumeRoleWithWebIdentity" }), does(inSession(admin))],
    ],
    [
      "if a name led to its opener, and another of that name may still come to light",
      [
        record({
          userIdentity: { ...inSession(admin), accessKeyId: undefined, sessionContext: undefined },
          eventTime: admin.opened,
          eventSource: "signin.amazonaws.com",
          eventName: "SwitchRole",
          additionalEventData: { SwitchFrom: alice.arn },
        }),
        does(inSession({ ...admin, key: "ASIACONSOLE" })),
      ],
    ],
    ["if the opener's name is cut", [assumes({ ...alice, arn: longName }, admin), does(inSession(admin))]],
    [
      "if more sessions are in a line than it names",
      [
        opens,
        ...Array.from({ length: 7 }, () => session()).flatMap((one) => [assumes(alice, one), does(inSession(one))]),
      ],
    ],
  ])("%s", async (_, records) => {
    const desk = testDesk([KEY_MADE]);
    await deliver(desk, ...records);
    expect(actorsOf(desk)).toEqual([roleArn("Admin")]);
    expect(told(desk)[0]?.lines[0]?.callers).toEqual([]);
  });

  test("if the account follows no sessions", async () => {
    const desk = testDesk([KEY_MADE], { followSessions: false });
    await deliver(desk, opens, does(inSession(admin)));
    expect(actorsOf(desk)).toEqual([roleArn("Admin")]);
  });

  test("as long as that incident is open, and no longer", async () => {
    const desk = testDesk([KEY_MADE]);
    await deliver(desk, does(inSession(admin)));
    await deliver(desk, opens, does(inSession(admin), "carl"));
    await wait(desk, 20);
    expect(new Set(actorsOf(desk))).toEqual(new Set([roleArn("Admin")]));
    await wait(desk, 26 * 60);
    const sent = desk.alerts.length;
    const later = session("Admin", { opened: at(26 * 60), key: "ASIALATER" });
    await deliver(desk, assumes(alice, later), does(inSession(later), "dora", { eventTime: at(26 * 60 + 1) }));
    expect(actorsOf(desk).slice(sent)).toEqual([alice.arn]);
  });

  test("below another account's path, where anybody may have put it", async () => {
    const desk = testDesk([KEY_MADE]);
    await deliver(desk, opens);
    await desk.deliver([does(inSession(admin))], logKey("forged").replaceAll(ACCOUNT, OTHER));
    await wait(desk, 2);
    expect(desk.alerts.map(({ subject }) => subject.includes("UNVERIFIED"))).toEqual([true]);
    expect(actorsOf(desk)).toEqual([roleArn("Admin")]);
  });

  test.each([["sourceIPAddress"], ["actor", "sourceIPAddress"]])(
    "a rule with incidents of its own, by %s, keeps them",
    async (...by) => {
      const desk = testDesk([{ ...KEY_MADE, group: { by } }]);
      await deliver(desk, opens, does(inSession(admin)));
      expect(actorsOf(desk)).toEqual([roleArn("Admin")]);
    },
  );

  test("the daily round-up is by role, as ever", async () => {
    const desk = testDesk([{ ...KEY_MADE, severity: "low" }]);
    await deliver(desk, opens, does(inSession(admin)));
    await desk.desk.runToEnd();
    expect(desk.alerts.flatMap(({ parts }) => parts.map(({ actor }) => actor))).toEqual([roleArn("Admin")]);
  });
});

describe("what passes a threshold", () => {
  const many = rule("high", "many-keys", {
    calls: ["iam:CreateAccessKey"],
    threshold: { count: 30, within: HOUR },
  });
  const low = rule("low", "key-noted", { calls: ["iam:CreateAccessKey"] });

  test("goes on to the person's incident, its records without kept copies too, and stands in no round-up", async () => {
    const desk = testDesk([many, low]);
    const admin = session();
    const keys = Array.from({ length: 45 }, (_, i) => does(inSession(admin), `user-${i}`));
    const summaries = [
      await deliver(desk, assumes(alice, admin), ...keys.slice(0, 25)),
      await deliver(desk, ...keys.slice(20, 45)),
      await deliver(desk, ...keys.slice(40, 45)),
    ];
    expect(summaries.map(({ matches }) => matches)).toEqual([50, 50, 10]);
    for (const summary of summaries) expect(sumOf(summary)).toBe(summary.matches);
    // What waits for the round-up is compared when that is made.
    expect(summaries[1]).toMatchObject({ alerts: 1, belowThreshold: 0, listed: 20, duplicates: 5 });
    expect(summaries[2]).toMatchObject({ alerts: 0, duplicates: 5 });
    await desk.desk.runToEnd();
    expect(actorsOf(desk)).toEqual([alice.arn]);
    expect(matchesOf(desk)).toEqual({ "many-keys": 45 });
  });

  test("stays with the role if one of its records is of nobody known, though none was kept of it", async () => {
    const desk = testDesk([many]);
    const [admin, other] = [session(), session()];
    const keys = Array.from({ length: 29 }, (_, i) => does(inSession(admin), `user-${i}`));
    await deliver(desk, assumes(alice, admin), ...keys, does(inSession(other), "the-last"));
    expect(actorsOf(desk)).toEqual([roleArn("Admin")]);
    expect(matchesOf(desk)).toEqual({ "many-keys": 30 });
  });

  test("stays with the role if a full window has folded matches of two people's sessions", async () => {
    const full = { ...many, threshold: { count: 1_000, within: HOUR } };
    const desk = testDesk([full]);
    const [admin, other] = [session(), session()];
    const key = (i: number) => does(inSession(i % 2 === 1 ? admin : other), `user-${i}`);
    await deliver(desk, assumes(alice, admin), assumes(iamUser("carl"), other));
    for (let file = 0; file < 2; file++)
      await deliver(desk, ...Array.from({ length: 480 }, (_, i) => key(file * 480 + i)));
    // Of the last forty all are hers; what was folded is his as well.
    await deliver(desk, ...Array.from({ length: 40 }, (_, i) => key(961 + 2 * i)));
    expect(actorsOf(desk)).toEqual([roleArn("Admin")]);
    expect(matchesOf(desk)).toEqual({ "many-keys": 1_000 });
  });
});

describe("of the limit of fifty incidents", () => {
  const crowd = (desk: TestDesk, count: number) =>
    deliver(desk, ...Array.from({ length: count }, (_, i) => does(iamUser(`u${i}`))));

  test("joining comes first: sixty roles of one person are one incident", async () => {
    const desk = testDesk([KEY_MADE]);
    for (let i = 0; i < 60; i++) {
      const one = session(`role-${i}`);
      await deliver(desk, assumes(alice, one), does(inSession(one), `user-${i}`));
    }
    await desk.desk.runToEnd();
    expect(new Set(actorsOf(desk))).toEqual(new Set([alice.arn]));
    expect(new Set(told(desk).map(({ incident }) => incident)).size).toBe(1);
    expect(matchesOf(desk)).toEqual({ "key-made": 60 });
  });

  test("a person who is one too many is told in the shared incident, with the role named", async () => {
    const desk = testDesk([KEY_MADE]);
    await crowd(desk, 50);
    await wait(desk, 5);
    const admin = session();
    const summary = await deliver(desk, assumes(alice, admin), does(inSession(admin)));
    expect(sumOf(summary)).toBe(summary.matches);
    await wait(desk, 2);
    expect(actorsOf(desk).at(-1)).toBe("many actors");
    expect(told(desk).at(-1)?.lines[0]?.callers).toEqual([roleArn("Admin")]);
    await desk.desk.runToEnd();
    expect(matchesOf(desk)).toEqual({ "key-made": 51 });
  });
});

describe("mutes", () => {
  /** Alice and her role have told of a high; both do more, and what they do is held back. */
  async function both() {
    const desk = testDesk([KEY_MADE, USER_MADE, USER_LOST]);
    const admin = session();
    await deliver(desk, assumes(alice, admin), does(alice, "first"), does(inSession(admin), "second"));
    await wait(desk, 5);
    desk.alerts.length = 0;
    return { desk, admin };
  }
  const targetsOf = (desk: TestDesk) =>
    withoutMutes(desk).flatMap(({ json }) => (JSON.parse(json) as Told).lines.flatMap(({ targets }) => targets));

  test("of the role quiets its lines, held ones as well, and none of the person's", async () => {
    const { desk, admin } = await both();
    await deliver(desk, does(inSession(admin), "held-role"), does(alice, "held-person"));
    await mute(desk, { rule: "key-made", actor: roleArn("Admin") });
    await wait(desk, 1);
    await deliver(desk, does(inSession(admin), "new-role"), does(alice, "new-person"));
    await wait(desk, 20);
    expect(targetsOf(desk).sort()).toEqual(["held-person", "new-person"]);
    expect(desk.lines.at(-1)?.muted).toBe(1);
    // What no mute covers comes, and what one covers is counted beside it.
    const last = [losesUser, makesUser, {}].map((call, i) => does(inSession(admin), `last-${i}`, call));
    const summary = await deliver(desk, ...last);
    expect(summary).toMatchObject({ matches: 3, muted: 1, alerts: 1, listed: 2 });
    expect(targetsOf(desk).sort()).toEqual(["held-person", "last-0", "last-1", "new-person"]);
    // Nor does it ring after the end, whatever brings it again.
    await wait(desk, 9 * 60);
    expect(desk.alerts.at(-1)?.email).toContain("3 matches");
    expect(await deliver(desk, ...last)).toMatchObject({ matches: 3, duplicates: 3, alerts: 0 });
  });

  test("of the person quiets what she does herself, and nothing of the role", async () => {
    const { desk, admin } = await both();
    await mute(desk, { rule: "key-made", actor: alice.arn });
    await wait(desk, 1);
    await deliver(desk, does(inSession(admin), "new-role"), does(alice, "new-person"));
    await deliver(desk, does(alice, "lost", losesUser));
    await wait(desk, 20);
    expect(targetsOf(desk).sort()).toEqual(["lost", "new-role"]);
  });

  test("of the incident quiets both, but nothing critical", async () => {
    const desk = testDesk([KEY_MADE, USER_LOST]);
    const admin = session();
    await deliver(desk, assumes(alice, admin), does(inSession(admin), "first"));
    await mute(desk, { incident: told(desk)[0]?.incident.slice(0, 8) ?? "" });
    await wait(desk, 1);
    desk.alerts.length = 0;
    await deliver(desk, does(inSession(admin), "new-role"), does(alice, "new-person"));
    await deliver(desk, does(inSession(admin), "lost", losesUser));
    await wait(desk, 20);
    expect(targetsOf(desk)).toEqual(["lost"]);
  });

  test("of the role's own incident holds, though that is over and its opener is known now", async () => {
    const desk = testDesk([KEY_MADE]);
    const admin = session();
    await deliver(desk, does(inSession(admin)));
    const { incident } = told(desk)[0] as Told;
    await wait(desk, 23 * 60);
    await openMuteBook(desk.store, desk.desk.now).add({ incident }, 8 * HOUR, "work", "somebody");
    await wait(desk, 120);
    desk.alerts.length = 0;
    const later = session("Admin", { opened: at(25 * 60 - 10) });
    await deliver(desk, assumes(alice, later), does(inSession(later), "dora", { eventTime: at(25 * 60) }));
    expect(withoutMutes(desk)).toEqual([]);
    expect(desk.lines.at(-1)).toMatchObject({ matches: 1, muted: 1 });
  });

  test("of one of a line's rules leaves the role's line apart from the person's", async () => {
    const also = rule("high", "key-noticed", { calls: ["iam:CreateAccessKey"] });
    const desk = testDesk([KEY_MADE, also]);
    const admin = session();
    await mute(desk, { rule: "key-made", account: ACCOUNT });
    await wait(desk, 1);
    await deliver(desk, assumes(alice, admin), does(alice, "of-person"));
    await deliver(desk, does(inSession(admin), "of-role"), does(alice, "of-person-too"));
    await wait(desk, 5);
    const lines = withoutMutes(desk).flatMap(({ json }) => (JSON.parse(json) as Told).lines);
    expect(new Set(lines.map(({ targets, callers }) => [targets, callers].join(" by ")))).toEqual(
      new Set(["of-person by ", `of-person-too by ${alice.arn}`, `of-role by ${roleArn("Admin")}`]),
    );
  });
});

describe("a record that comes twice", () => {
  const admin = session();
  const opens = assumes(alice, admin);
  const once = does(inSession(admin), "only-once");

  /** A ledger in which some things fail. */
  function failing() {
    const memory = createMemoryStore();
    const fails = { links: false, commit: (_: string): boolean => false };
    const store: MemoryStore = {
      ...memory,
      read: async (keys, now) => {
        if (fails.links && keys.some((key) => key.startsWith("links#"))) throw new Error("links cannot be read");
        return memory.read(keys, now);
      },
      commit: async (changes) => {
        if (changes.some(({ key }) => fails.commit(key))) throw new Error("this cannot be written");
        return memory.commit(changes);
      },
    };
    return { fails, desk: testDesk([KEY_MADE], {}, NOW, store) };
  }

  test("first when nobody knew who opened its session, is told once", async () => {
    const { desk } = failing();
    await deliver(desk, once);
    await deliver(desk, opens);
    expect(await deliver(desk, once)).toMatchObject({ alerts: 0, duplicates: 1 });
    // When its role's incident is over, it is still known.
    await wait(desk, 30 * 60);
    expect(await deliver(desk, once)).toMatchObject({ alerts: 0, duplicates: 1 });
    await desk.desk.runToEnd();
    expect(matchesOf(desk)).toEqual({ "key-made": 1 });
  });

  test("first when its opener was known, and then not any more, is told once", async () => {
    const { desk, fails } = failing();
    await deliver(desk, opens, once);
    fails.links = true;
    expect(await deliver(desk, once)).toMatchObject({ alerts: 0, duplicates: 1 });
    await desk.desk.runToEnd();
    expect(matchesOf(desk)).toEqual({ "key-made": 1 });
  });

  test("handed on and not told yet when it comes again without its opener, is told once", async () => {
    const { desk, fails } = failing();
    await deliver(desk, opens);
    // The person's incident cannot be written just now.
    let refused = 0;
    fails.commit = (key) => (/^(?:incident|alert)#/.test(key) ? ++refused > 0 : false);
    desk.ticks = false;
    await deliver(desk, once);
    expect(refused).toBeGreaterThan(0);
    expect(desk.alerts).toEqual([]);
    fails.commit = () => false;
    fails.links = true;
    await deliver(desk, once, does(inSession(admin), "another"));
    expect(actorsOf(desk)).toEqual([roleArn("Admin")]);
    fails.links = false;
    desk.ticks = true;
    await wait(desk, 2);
    await desk.desk.runToEnd();
    expect(matchesOf(desk)).toEqual({ "key-made": 2 });
    expect(new Set(told(desk).flatMap(({ lines }) => lines.flatMap(({ targets }) => targets)))).toEqual(
      new Set(["only-once", "another"]),
    );
  });

  test("handed on by a process that then ends, is told by the tick", async () => {
    const { desk, fails } = failing();
    let refused = 0;
    fails.commit = (key) => (key.startsWith("alert#") ? ++refused > 0 : false);
    await deliver(desk, opens, once);
    expect(refused).toBeGreaterThan(0);
    fails.commit = () => false;
    await wait(desk, 2);
    expect(actorsOf(desk)).toEqual([alice.arn]);
    await desk.desk.runToEnd();
    expect(matchesOf(desk)).toEqual({ "key-made": 1 });
  });
});

test("root's session that root itself opened stays root's", async () => {
  const root = { type: "Root", accountId: ACCOUNT, arn: `arn:aws:iam::${ACCOUNT}:root`, principalId: ACCOUNT };
  const desk = testDesk([KEY_MADE]);
  const opens = { eventName: "AssumeRoot", requestParameters: { targetPrincipal: ACCOUNT } };
  const inRoot = {
    ...root,
    accessKeyId: "ASIAROOT",
    sessionContext: { attributes: { creationDate: at(-20) }, assumedRoot: "true" },
  };
  await deliver(desk, assumes(root, { ...session(), key: "ASIAROOT" }, opens), does(inRoot));
  expect(rowOf(desk, "Opened")).toContain("by root user");
  expect(told(desk)[0]?.lines[0]?.callers).toEqual([]);
});

test("beyond fifty lines, what a role did is added up apart from what the person did", async () => {
  const calls = (userIdentity: CloudTrailRecord, from: number) =>
    Array.from({ length: 40 }, (_, i) => does(userIdentity, `t${from + i}`, { eventName: `Make${from + i}` }));
  const desk = testDesk([rule("medium", "all", { calls: ["iam:*"] })]);
  const admin = session();
  await deliver(desk, assumes(alice, admin), does(alice, "zero", { eventName: "Zero" }));
  await deliver(desk, ...calls(inSession(admin), 100), ...calls(alice, 200));
  await wait(desk, 20);
  const folded = told(desk)[1]?.lines.filter(({ call }) => call === "other calls") ?? [];
  expect(folded.length).toBeGreaterThan(0);
  for (const { callers, targets } of folded) {
    const [of] = callers;
    expect(callers).toHaveLength(1);
    for (const target of targets)
      expect([target, of]).toEqual([target, / t1/.test(target) ? roleArn("Admin") : alice.arn]);
  }
  expect(matchesOf(desk)).toEqual({ all: 81 });
});
