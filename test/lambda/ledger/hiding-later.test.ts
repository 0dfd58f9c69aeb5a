import { testDesk } from "../../support/desk-pipeline.ts";
import { loadedRules } from "../../support/loaded-rules.ts";
import { record } from "../../support/log-files.ts";

const MINUTE = 60_000;

test("who writes a user's name in another way at each step, which is one name to IAM, hides no sequence", async () => {
  const all = loadedRules("rules").map(({ rule }) => rule);
  const rules = all.filter(({ name }) => name === "admin-with-credentials-made");
  const desk = testDesk(rules);
  const policyArn = "arn:aws:iam::aws:policy/AdministratorAccess";
  await desk.deliver([
    record({ eventName: "CreateUser", requestParameters: { userName: "helper" } }),
    record({ eventName: "AttachUserPolicy", requestParameters: { userName: "Helper", policyArn } }),
    record({ eventName: "CreateAccessKey", requestParameters: { userName: "HELPER" } }),
  ]);
  await desk.desk.advanceTo(desk.desk.now() + MINUTE);
  expect(desk.alerts.map(({ subject }) => subject)).toEqual([expect.stringMatching(/^\[CRITICAL\] Administrator/)]);
});
