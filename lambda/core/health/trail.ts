import { inert, name } from "../alert/text.ts";
import { type Answer, type Finding, findingsOn } from "./finding.ts";

/** A trail's status (CloudTrail API Reference, "GetTrailStatus"). */
export interface TrailStatus {
  readonly isLogging: boolean;
  /** S3's last refusal to the trail; absent if S3 took the last log file and the last digest. */
  readonly deliveryError?: string;
  readonly digestError?: string;
}

export const TRAIL_CHECK = "trail";

/** Tells whether a trail writes what happens. */
export function trailFindings(trailArn: string, answer: Answer<TrailStatus>): readonly Finding[] {
  const check = TRAIL_CHECK;
  const trail = name(trailArn.split("/").pop() ?? trailArn);
  return findingsOn(check, `The status of the trail ${trail}`, answer, ({ isLogging, deliveryError, digestError }) => {
    const findings: Finding[] = [];
    if (!isLogging) {
      findings.push({
        check,
        state: "broken",
        what: `The trail ${trail} does not log: nothing that happens is told.`,
        remedy: `aws cloudtrail start-logging --name ${trailArn}`,
        isTotal: true,
      });
    }
    const remedy =
      "Look at the bucket's policy and at its key: CloudTrail must be allowed to write. Then run npm run doctor.";
    for (const [error, files] of [
      [deliveryError, "log files"],
      [digestError, "digests"],
    ] as const) {
      if (error === undefined || error === "") continue;
      const what = `The trail ${trail} cannot deliver its ${files} to the bucket.`;
      findings.push({ check, state: "broken", what, why: `S3 says: ${inert(error, 200)}.`, remedy });
    }
    return findings;
  });
}
