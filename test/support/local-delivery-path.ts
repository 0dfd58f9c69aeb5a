import { DESK_DEPLOYMENT } from "../../lambda/core/rules/self.ts";
import type { LocalRequest } from "./local-aws.ts";
import { SETTINGS } from "./settings.ts";

/** What AWS answers to a request. */
export interface LocalAnswer {
  readonly status: number;
  readonly type: string;
  readonly body: string;
  /** AWS's clock, by which the SDK corrects its own. */
  readonly date?: string;
}

interface LocalSubscription {
  readonly protocol: string;
  readonly endpoint: string;
  readonly isConfirmed: boolean;
}

/** How the way out is, for those who ask SNS, S3, CloudTrail and Lambda: what the tick's hourly look reads. */
export class LocalWayOut {
  /** Of each topic that is not deserted, whatever its name. */
  subscriptions: readonly LocalSubscription[] = [{ protocol: "email", endpoint: SETTINGS.emails, isConfirmed: true }];
  /** Of single topics, by what their names begin with. */
  others: { readonly [start: string]: readonly LocalSubscription[] } = {};
  /** Topics without a subscription, by what their names begin with. */
  deserted: readonly string[] = ["texts"];
  filterPolicy = "";
  notification = notificationOf({ arn: DESK_DEPLOYMENT.functionArn, prefix: "AWSLogs/", suffix: ".json.gz" });
  trailSetup: object = { S3BucketName: "trail", IsMultiRegionTrail: true, LogFileValidationEnabled: true };
  selectors: object = { EventSelectors: [{ ReadWriteType: "All", IncludeManagementEvents: true }] };
  /** Of each rule of the self-watch; one that is gone has none. */
  watchRule: { readonly State?: string; readonly targets: readonly string[] };
  trail: object = { IsLogging: true, LatestDeliveryError: "", LatestDigestDeliveryError: "" };
  concurrency: object = {};
  /** CloudTrail's, as it lists them. */
  publicKeys: object = { PublicKeyList: [] };

  /** All is well; the self-watch tells a topic. */
  constructor(healthTopicArn: string) {
    this.watchRule = { State: "ENABLED", targets: [healthTopicArn] };
  }

  /** The answer to one of the look's questions; undefined for another request. */
  answer({ fields, method, path, target }: LocalRequest): LocalAnswer | undefined {
    if (target.endsWith(".ListPublicKeys")) return json(this.publicKeys);
    if (target.endsWith(".GetTrailStatus")) return json(this.trail);
    if (target.endsWith(".GetTrail")) return json({ Trail: this.trailSetup });
    if (target.endsWith(".GetEventSelectors")) return json(this.selectors);
    const { State, targets } = this.watchRule;
    if (target.startsWith("AWSEvents.") && State === undefined) {
      return { ...json({ __type: "ResourceNotFoundException", message: "no such rule" }), status: 400 };
    }
    if (target.endsWith(".DescribeRule")) return json({ State });
    if (target.endsWith(".ListTargetsByRule")) return json({ Targets: targets.map((Arn, i) => ({ Id: `${i}`, Arn })) });
    if (path.startsWith("/2019-09-30/functions/")) return json(this.concurrency);
    if (method === "GET" && /\?notification(?:=|$)/.test(path)) return xml(this.notification);
    if (fields.Action === "ListSubscriptionsByTopic") return sns(fields.Action, this.#listed(fields.TopicArn ?? ""));
    if (fields.Action === "GetSubscriptionAttributes") {
      const entry = `<entry><key>FilterPolicy</key><value>${escaped(this.filterPolicy)}</value></entry>`;
      return sns(fields.Action, `<Attributes>${this.filterPolicy === "" ? "" : entry}</Attributes>`);
    }
    return undefined;
  }

  #listed(topicArn: string): string {
    const isCalled = (start: string) => topicArn.split(":").pop()?.startsWith(start) ?? false;
    const [other] = Object.entries(this.others).filter(([start]) => isCalled(start));
    const here = other?.[1] ?? (this.deserted.some(isCalled) ? [] : this.subscriptions);
    const members = here.map(({ protocol, endpoint, isConfirmed }, i) => {
      const arn = isConfirmed ? `${topicArn}:00000000-0000-4000-8000-00000000000${i}` : "PendingConfirmation";
      const fields = { TopicArn: topicArn, Protocol: protocol, SubscriptionArn: arn, Owner: "1", Endpoint: endpoint };
      const tags = Object.entries(fields).map(([name, value]) => `<${name}>${escaped(value)}</${name}>`);
      return `<member>${tags.join("")}</member>`;
    });
    return `<Subscriptions>${members.join("")}</Subscriptions>`;
  }
}

/** A bucket's notification as S3 writes it; without an ARN it is empty. */
export function notificationOf(given: {
  readonly arn?: string;
  readonly prefix?: string;
  readonly suffix?: string;
  readonly event?: string;
}): string {
  const { arn, prefix, suffix, event = "s3:ObjectCreated:*" } = given;
  const rule = (name: string, value: string | undefined) =>
    value === undefined ? "" : `<FilterRule><Name>${name}</Name><Value>${escaped(value)}</Value></FilterRule>`;
  const filter = `<Filter><S3Key>${rule("Prefix", prefix)}${rule("Suffix", suffix)}</S3Key></Filter>`;
  const entry = `<CloudFunctionConfiguration><Id>x</Id><CloudFunction>${arn}</CloudFunction><Event>${event}</Event>${filter}</CloudFunctionConfiguration>`;
  return `<NotificationConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${arn === undefined ? "" : entry}</NotificationConfiguration>`;
}

const json = (value: object) => ({ status: 200, type: "application/json", body: JSON.stringify(value) });
const xml = (body: string) => ({ status: 200, type: "text/xml", body });
const sns = (action: string, result: string) =>
  xml(
    `<${action}Response xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><${action}Result>${result}</${action}Result></${action}Response>`,
  );

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");
}
