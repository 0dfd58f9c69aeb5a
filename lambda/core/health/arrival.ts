import { name } from "../alert/text.ts";
import { type Answer, broken, type Finding, findingsOn, isGone, REDEPLOY } from "./finding.ts";
import type { BucketNotification } from "./notification.ts";
import type { WatchRule } from "./self-watch.ts";
import { isConfirmed, type Subscription } from "./subscriptions.ts";

/** How log files are announced where the bucket's notification does not invoke the function by itself. */
export interface Arrival {
  /** The EventBridge rule that hands on what the bucket sends there. */
  readonly rule?: string;
  /** The topic that the function is subscribed to. */
  readonly topicArn?: string;
  /** True if the bucket is of another account or region, where nobody here can look. */
  readonly isElsewhere: boolean;
}

/** What AWS says of it; absent what is not asked. */
export interface ArrivalSight {
  readonly rule?: Answer<WatchRule>;
  readonly notification?: Answer<BucketNotification>;
  readonly subscriptions?: Answer<readonly Subscription[]>;
}

const check = "notification";
const UNREAD = "no log file is read. What was missed meanwhile npm run replay tells.";

/** True if a topic can be asked: it is of the function's own account and region. */
export function isOwnTopic(topicArn: string, functionArn: string): boolean {
  const place = (arn: string) => arn.split(":").slice(3, 5).join(":");
  return place(topicArn) === place(functionArn);
}

/** Tells whether log files still start the function. */
export function arrivalFindings(
  { rule = "", topicArn = "" }: Arrival,
  bucket: string,
  functionArn: string,
  sight: ArrivalSight,
): readonly Finding[] {
  const total = (what: string, remedy: string): readonly Finding[] => [
    { ...broken(check, what, remedy), isTotal: true },
  ];
  return [
    ...(sight.rule === undefined ? [] : ruleFindings(sight.rule)),
    ...(sight.notification === undefined
      ? []
      : findingsOn(check, "The bucket's notification", sight.notification, ({ sendsEvents }) =>
          sendsEvents === true
            ? []
            : total(
                `The log bucket ${name(bucket)} no longer sends its events to EventBridge: ${UNREAD}`,
                "In the bucket's properties, under Amazon EventBridge: On.",
              ),
        )),
    ...(sight.subscriptions === undefined
      ? []
      : findingsOn(check, `The subscriptions of ${name(topicArn, 300)}`, sight.subscriptions, (found) =>
          found.some((one) => one.protocol === "lambda" && one.endpoint === functionArn && isConfirmed(one))
            ? []
            : total(`The function is no longer subscribed to ${name(topicArn, 300)}: ${UNREAD}`, REDEPLOY),
        )),
  ];

  function ruleFindings(answer: Answer<WatchRule>): readonly Finding[] {
    if (isGone(answer)) return total(`The rule ${rule}, which hands on log files, is gone: ${UNREAD}`, REDEPLOY);
    return findingsOn(check, `The rule ${rule}`, answer, ({ isEnabled, targets }) => {
      if (!isEnabled) {
        const enable = `aws events enable-rule --name ${rule}`;
        return total(`The rule ${rule}, which hands on log files, is disabled: ${UNREAD}`, enable);
      }
      if (targets.includes(functionArn)) return [];
      return total(`The rule ${rule} no longer hands log files to the function: ${UNREAD}`, REDEPLOY);
    });
  }
}
