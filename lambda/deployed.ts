import { readFileSync } from "node:fs";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { SNSClient } from "@aws-sdk/client-sns";
import { ASSET_FILE, type Asset } from "./asset.ts";
import { CLIENT_SETTINGS, LEDGER_CLIENT_SETTINGS } from "./aws/client-settings.ts";
import { dynamoStore } from "./aws/dynamodb.ts";
import { putOn } from "./aws/event-bus.ts";
import { publishChatTo, publishCopyTo, publishSmsCopyTo, publishSmsTo, publishTo } from "./aws/sns.ts";
import { recordsTableOf } from "./core/alert/queries.ts";
import { createLedger, type Ledger } from "./core/ledger/ledger.ts";
import type { OtherPublishers } from "./core/outbox/ways.ts";
import type { LedgerStore } from "./core/store/store.ts";
import { type Environment, readEnvironment, routeTopicName, type WaysEnvironment } from "./environment.ts";

/** What both functions work with, as it was deployed. */
export interface Deployed {
  readonly environment: Environment;
  readonly asset: Asset;
  readonly store: LedgerStore;
  readonly ledger: Ledger;
  readonly sns: SNSClient;
  /** The topics of routes, by the routes' names. */
  readonly routeTopics: RouteTopics;
}

type RouteTopics = { readonly [route: string]: string };

/** Reads the environment and the asset, and makes the clients: with handler.ts the only place that knows all three. */
export function readDeployed(): Deployed {
  const environment = readEnvironment(process.env);
  const asset = JSON.parse(readFileSync(new URL(ASSET_FILE, import.meta.url), "utf8")) as Asset;
  const sns = new SNSClient(CLIENT_SETTINGS);
  const routeTopics = routeTopicsOf(asset, environment);
  const store = dynamoStore(new DynamoDBClient(LEDGER_CLIENT_SETTINGS), environment.ledgerTable);
  const ledger = createLedger({
    store,
    rules: asset.rules,
    settings: { ...asset.settings, known: asset.known, recordsTable: recordsTableOf(environment.stackName) },
    publish: {
      alert: publishTo(sns, environment.topics.alert),
      sms: publishSmsTo(sns, environment.topics.sms),
      health: publishCopyTo(sns, environment.topics.health),
      "health-sms": publishSmsCopyTo(sns, environment.topics["health-sms"]),
      ...otherPublishers(sns, environment.ways, routeTopics),
    },
    now: Date.now,
    sleep: (time) => new Promise((resolve) => setTimeout(resolve, time)),
  });
  return { environment, asset, store, ledger, sns, routeTopics };
}

/** The topic of text messages is always the stack's own, and so are those of routes that were given none. */
function routeTopicsOf({ settings, routeTopics = {} }: Asset, { topics, stackName }: Environment): RouteTopics {
  const place = topics.sms.slice(0, topics.sms.lastIndexOf(":") + 1);
  return Object.fromEntries(
    (settings.routes ?? []).map(({ name }) => [name, routeTopics[name] ?? place + routeTopicName(stackName, name)]),
  );
}

/** The ways that only some deployments have. */
function otherPublishers(sns: SNSClient, { bus, chat }: WaysEnvironment, routes: RouteTopics): OtherPublishers {
  return {
    bus: bus === undefined ? undefined : putOn(sns.config, bus),
    chat: chat === undefined ? undefined : publishChatTo(sns, chat),
    routes: Object.fromEntries(Object.entries(routes).map(([name, topicArn]) => [name, publishTo(sns, topicArn)])),
  };
}
