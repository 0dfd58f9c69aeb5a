import { createHash } from "node:crypto";
import { everyCall, type TestDesk, testDesk } from "../../support/desk-pipeline.ts";
import { logKey, record } from "../../support/log-files.ts";

const MINUTE = 60_000;

const wait = ({ desk }: TestDesk, minutes: number) => desk.advanceTo(desk.now() + minutes * MINUTE);

/** Words of letters, of which no two are alike but for their digits. */
const word = (i: number) =>
  createHash("sha256")
    .update(`${i}`)
    .digest("hex")
    .slice(0, 14)
    .replace(/\d/g, (digit) => "ghijklmnop"[Number(digit)] ?? "");

test.each([{ calls: ["*:*"] }, { pattern: { userIdentity: { type: ["IAMUser"] } } }])(
  "no number of calls that meet a broad critical rule buries one that meets another as well",
  async (more) => {
    const { calls: _, ...broad } = everyCall("critical", { name: "alice-seen" });
    const desk = testDesk([
      { ...broad, ...more },
      everyCall("critical", { name: "trail-stopped", calls: ["cloudtrail:StopLogging"] }),
    ]);
    const decoys = Array.from({ length: 70 }, (_, i) =>
      record({
        eventTime: "2026-11-20T21:24:00Z",
        eventName: `Tag${word(i)}`,
        requestParameters: { userName: word(i) },
      }),
    );
    const real = {
      eventSource: "cloudtrail.amazonaws.com",
      eventName: "StopLogging",
      requestParameters: { name: "main" },
    };
    await desk.deliver([record()]);
    await desk.deliver([...decoys, record(real)], logKey("two"));
    await wait(desk, 2);
    expect(desk.alerts.map(({ subject }) => subject)).toContainEqual(
      expect.stringMatching(/^\[CRITICAL\] Follow-up: Trail stopped by alice .*: main/),
    );
  },
);
