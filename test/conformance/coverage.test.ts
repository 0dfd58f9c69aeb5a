import { readFileSync } from "node:fs";
import { referenceText } from "../../cli/rules/reference.ts";
import { readRuleFiles } from "../../lambda/rule-files/rule-files.ts";
import { command } from "../support/command.ts";
import { CONFORMANCE, conformanceTest } from "../support/conformance.ts";
import { testDesk } from "../support/desk-pipeline.ts";
import { record } from "../support/log-files.ts";
import { first, runs } from "../support/runs.ts";

/** Runs a coverage command and hands its figures to the log of CI. */
async function figures(...args: readonly string[]): Promise<string> {
  const { stdout, stderr, code } = await command("rules", "coverage", ...args);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  process.stdout.write(stdout.replace(/^[✓✗].*\n/gm, ""));
  return stdout;
}

conformanceTest(
  "every technique of Stratus Red Team that has a log and names an event rings, and little else that reads",
  async () => {
    const stdout = await figures(`${CONFORMANCE}/stratus`);
    expect(stdout).toContain("techniques: 19 of 19 make a mail;");
    const [, share = "100"] = /read-only events \d+ are in one \(([\d.]+) %\)/.exec(stdout) ?? [];
    expect(Number(share)).toBeLessThanOrEqual(1);
  },
);

conformanceTest(
  "verdicts agree with at least seventy-five detections of others, wherever a record alone can prove them",
  async () => {
    const stdout = await figures(CONFORMANCE, "--map", "test/conformance/panther-map.json");
    const [, counterparts, positive, negative] =
      /verdicts: (\d+) counterparts,.*? agree on .*?\(([\d.]+) %\) positive and .*?\(([\d.]+) %\)/.exec(stdout) ?? [];
    expect(Number(counterparts)).toBeGreaterThanOrEqual(77);
    expect(Number(positive)).toBeGreaterThanOrEqual(99);
    expect(Number(negative)).toBeGreaterThanOrEqual(93.7);
    // It also says why the rest differ.
    expect(readFileSync("docs/coverage.md", "utf8")).toContain(stdout.slice(stdout.indexOf("verdicts:")));
  },
);

conformanceTest("real log files in which a team sets things up are a handful of messages", async () => {
  const stdout = await figures(`${CONFORMANCE}/invictus`, "--except-agent", "stratus-red-team");
  expect(Number(/([\d.]+) per 1,000 records/.exec(stdout)?.[1])).toBeLessThan(10);
});

const SHIPPED = readRuleFiles(["rules"]);

test.each(
  first<[who: string, userIdentity: object, alerts: number]>(1, [
    ["a service", { type: "AWSService", invokedBy: "config.amazonaws.com" }, 0],
    [
      "one role",
      { type: "AssumedRole", sessionContext: { sessionIssuer: { arn: "arn:aws:iam::111122223333:role/app" } } },
      1,
    ],
  ]),
)("thousands of refusals of %s are %#: none by a service, one alert by a role", async (_, userIdentity, alerts) => {
  const desk = testDesk(SHIPPED.rules.map(({ rule }) => rule).filter(({ name }) => name === "unauthorized-calls"));
  const records = Array.from({ length: runs(10_000, 2_000) }, (_, i) =>
    record({
      userIdentity,
      sourceIPAddress: "invokedBy" in userIdentity ? userIdentity.invokedBy : "192.0.2.44",
      errorCode: "AccessDenied",
      eventSource: `service${i % 7}.amazonaws.com`,
      eventName: `Get${i % 40}`,
    }),
  );
  await desk.deliver(records);
  await desk.desk.runToEnd();
  expect(desk.alerts).toHaveLength(alerts);
});

test("each shipped rule says why and what to do, and has a record that it must match and one that it must not", () => {
  expect(SHIPPED.faults).toEqual([]);
  const lacking = SHIPPED.rules
    .filter(({ rule }) => !rule.name.includes(":"))
    .filter(({ rule, tests }) => {
      const kinds = new Set(tests.map(({ matches }) => matches));
      return rule.why === undefined || rule.do === undefined || kinds.size < 2;
    });
  expect(lacking.map(({ rule }) => rule.name)).toEqual([]);
});

test("no shipped rule that rings looks at a tool's user agent", () => {
  const looking = SHIPPED.rules.filter(({ rule }) => JSON.stringify(rule.pattern ?? {}).includes("userAgent"));
  expect(looking.map(({ rule }) => rule.name)).toEqual([]);
});

test("docs/rules-reference.md is in step with the rules", () => {
  expect(readFileSync("docs/rules-reference.md", "utf8")).toBe(referenceText(["rules"]));
});
