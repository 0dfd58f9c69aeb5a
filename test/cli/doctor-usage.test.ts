import { checkOf } from "../../cli/doctor/check.ts";
import { reportText } from "../../cli/doctor/report.ts";
import { CHECKS, type Finding } from "../../lambda/core/health/finding.ts";
import { command, commandProcess } from "../support/command.ts";

test.each<[string, readonly string[], RegExp]>([
  ["a name that is none", ["--stack", "a b"], /^--stack is the name of a stack\nUse --help/],
  ["a region that is none", ["--region", "here"], /^--region is a region/],
  ["an unknown option", ["--nope"], /nope/],
  ["something beside", ["now"], /^doctor takes no now/],
  ["a setting that is none", ["-c", "nope=1"], /^-c nope: no such setting/],
  ["a setting without a value", ["-c", "emails"], /^-c is SETTING=VALUE, not emails/],
  ["a value that is none", ["-c", "emails=nobody"], /^-c emails: an email address is written like/],
])("%s is said clearly", async (_, args, text) => {
  const finished = await command("doctor", ...args);
  expect(finished.stderr).toMatch(text);
  expect(finished).toMatchObject({ code: 2, stdout: "" });
});

test("without credentials it says so, and without a region", async () => {
  const none = {
    AWS_ACCESS_KEY_ID: "",
    AWS_SECRET_ACCESS_KEY: "",
    AWS_EC2_METADATA_DISABLED: "true",
    AWS_CONFIG_FILE: "/dev/null",
    AWS_SHARED_CREDENTIALS_FILE: "/dev/null",
    AWS_ENDPOINT_URL: "",
  };
  const finished = await commandProcess("doctor", ["--region", "us-east-1"], none);
  expect(finished).toMatchObject({ code: 1, stdout: "" });
  expect(finished.stderr).toMatch(/^no AWS credentials in your shell /);
  const nowhere = await commandProcess("doctor", [], { ...none, AWS_REGION: "", AWS_DEFAULT_REGION: "" });
  expect(nowhere.stderr).toBe("no region: give --region, or set AWS_REGION\n");
});

test("--help explains and ends", async () => {
  const { code, stdout } = await commandProcess("doctor", ["--help"]);
  expect(code).toBe(0);
  expect(stdout).toMatch(/^Usage: npm run doctor -- /);
});

/** A stack with one check that found something. */
function reportOf(finding: Partial<Finding>): string {
  const whole: Finding = { check: "alarms", state: "broken", what: "x", remedy: "y", ...finding };
  const stack = { name: "Trailbell", region: "us-east-1", accountId: "1", partition: "aws", status: "" };
  return reportText({ ...stack, outputs: {}, resources: [] }, [checkOf("alarms", [whole], "")]);
}

test("the checks stand in columns, whatever their names", () => {
  const stack = { name: "Trailbell", region: "us-east-1", accountId: "1", partition: "aws", status: "" };
  const checks = CHECKS.map((check) => checkOf(check, [], "says so"));
  const [, table = ""] = reportText({ ...stack, outputs: {}, resources: [] }, checks).split("\n\n");
  const columns = table
    .trimEnd()
    .split("\n")
    .map((line) => line.indexOf("says so"));
  expect(new Set(columns).size).toBe(1);
});

test("a command is printed whole, however long, and what else is cut says where the rest is", () => {
  const names = Array.from({ length: 100 }, (_, i) => `Trailbell-AlarmsHealthFilteredOutInvalidAttributes${i}`);
  const remedy = `aws cloudwatch enable-alarm-actions --alarm-names ${names.join(" ")}`;
  expect(reportOf({ remedy })).toMatch(new RegExp(`^   Do   ${remedy}\n$`, "m"));
  const cut = reportOf({ remedy, why: "because ".repeat(200) });
  expect(cut).toContain(`\n   Do   ${remedy}\n`);
  expect(cut).toMatch(/…\n {3}Do {3}/);
  expect(cut).toMatch(/\n\nWhat ends in … is cut; npm run --silent doctor -- --json --no-test prints all of it\.\n$/);
});
