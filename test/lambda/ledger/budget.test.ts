import { SEVERITIES } from "../../../lambda/core/rules/severity.ts";
import { everyCall, testDesk } from "../../support/desk-pipeline.ts";
import { record } from "../../support/log-files.ts";

test.each(SEVERITIES)(
  "what is %s and goes by all ways at once is sent: no budget is too small for it",
  async (severity) => {
    const all = { smsFrom: "info", healthTextsFrom: "info", isOnBus: true, chatFrom: "info" } as const;
    const { deliver, desk, alerts, texts } = testDesk([everyCall(severity, { isAboutSelf: true })], all);
    await deliver([record()]);
    await desk.runToEnd();
    expect({ alerts: alerts.length, texts: texts.length }).toEqual({ alerts: 1, texts: 1 });
  },
);
