import { CloudTrailClient, LookupEventsCommand } from "@aws-sdk/client-cloudtrail";
import { signedCall } from "../../lambda/aws/signed-call.ts";
import type { HistoryPage, Lookup } from "../sources/history-day.ts";

/** Tries of one request: what comes too fast for CloudTrail is tried again after longer and longer waits. */
const TRIES = 10;
const TIME = 15_000;

/** Event history of the caller's account. Calls reject with the SDK's errors. */
export interface EventHistory {
  /** The region of the shell or profile, if it names one. */
  readonly region: string | undefined;
  accountId(): Promise<string>;
  lookupIn(region: string): Lookup;
}

/** Opens Event history with the credentials of the shell. */
export async function openEventHistory(): Promise<EventHistory> {
  const settings = { maxAttempts: TRIES, requestHandler: { connectionTimeout: 5_000, socketTimeout: 60_000 } };
  const own = await new CloudTrailClient(settings).config.region().catch(() => undefined);
  const region = own ?? process.env.AWS_DEFAULT_REGION;
  return {
    region,
    async accountId() {
      const { config } = new CloudTrailClient({ ...settings, region: region ?? "us-east-1" });
      const answer = await signedCall(
        config,
        {
          service: "sts",
          method: "POST",
          path: "/",
          headers: { "content-type": "application/x-www-form-urlencoded" },
          body: "Action=GetCallerIdentity&Version=2011-06-15",
        },
        AbortSignal.timeout(TIME),
      );
      const [, account] = /<Account>(\d{12})<\/Account>/.exec(answer) ?? [];
      if (account === undefined) throw new Error("STS named no account");
      return account;
    },
    lookupIn(region) {
      const client = new CloudTrailClient({ ...settings, region });
      return async ({ since, until, token }): Promise<HistoryPage> => {
        const { Events = [], NextToken } = await client.send(
          new LookupEventsCommand({
            StartTime: new Date(since),
            EndTime: new Date(until),
            MaxResults: 50,
            NextToken: token,
          }),
        );
        const events = Events.flatMap(({ EventId = "", EventTime, CloudTrailEvent }) =>
          CloudTrailEvent === undefined
            ? []
            : { id: EventId, time: EventTime?.getTime() ?? until, json: CloudTrailEvent },
        );
        return { events, ...(NextToken !== undefined && { token: NextToken }) };
      };
    },
  };
}
