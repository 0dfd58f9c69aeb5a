import { z } from "zod";
import { SEVERITIES } from "../lambda/core/rules/severity.ts";
import { endpoint } from "./endpoint-setting.ts";

export const MAX_ROUTES = 20;

const ACCOUNT = z.string().regex(/^\d{12}$/, "an account is twelve digits, in quotes");

const route = z
  .strictObject({
    name: z
      .string()
      .regex(/^[a-z][a-z0-9-]{0,29}$/, "a route's name is of small letters, digits and hyphens, 30 at most"),
    accounts: z.array(ACCOUNT).min(1).max(1000).optional(),
    tags: z.array(z.string().min(1)).min(1).optional(),
    severity: z.enum(SEVERITIES).optional(),
    emails: z.array(z.email("an email address is written like you@example.com")).default([]),
    endpoints: z
      .array(endpoint)
      .refine((all) => new Set(all).size === all.length, "a route names an endpoint twice")
      .default([]),
    topic: z
      .string()
      .refine((arn) => !arn.endsWith(".fifo"), "topic is a FIFO topic, which reaches neither mailboxes nor functions")
      .refine((arn) => /^arn:[a-z-]+:sns:[a-z0-9-]+:\d{12}:[\w.-]+$/.test(arn), "topic is the ARN of an SNS topic")
      .optional(),
  })
  .refine(
    ({ emails, endpoints, topic }) => emails.length + endpoints.length > 0 || topic !== undefined,
    "a route has emails, endpoints or a topic, or several of them",
  )
  .refine(
    ({ accounts, tags, severity }) => accounts !== undefined || tags !== undefined || severity !== undefined,
    "a route that takes everything leaves nothing for the default: give it accounts, tags or a severity",
  );

/** Ways out beside emails and phones. */
export const routeSettings = {
  routes: z
    .array(route)
    .max(MAX_ROUTES)
    .refine((all) => new Set(all.map(({ name }) => name)).size === all.length, "two routes have the same name")
    .default([]),
  tags: z.record(z.string().min(1), z.array(ACCOUNT).min(1)).default({}),
  bus: z
    .string()
    .regex(
      /^(?:[\w./-]{1,256}|arn:[a-z-]+:events:[a-z0-9-]+:\d{12}:event-bus\/[\w./-]{1,256})$/,
      "bus is the name or the ARN of an EventBridge bus, for instance default",
    )
    .optional(),
  chatFrom: z.enum(SEVERITIES).optional(),
};

export type RouteSetting = z.infer<typeof route>;

/** What does not go together, by the name of the setting that is wrong. */
export function waysFaults({
  routes,
  tags,
}: {
  readonly routes: readonly RouteSetting[];
  readonly tags: { readonly [tag: string]: readonly string[] };
}): readonly (readonly [string, string])[] {
  // Those of accountsFrom are counted with them.
  if (routes.length > MAX_ROUTES)
    return [["routes", `routes has at most ${MAX_ROUTES} entries, those of accountsFrom among them`]];
  return routes.flatMap(({ name, tags: wanted = [] }) =>
    wanted
      .filter((tag) => !Object.hasOwn(tags, tag))
      .map((tag) => {
        const known = Object.keys(tags).join(", ") || "none is given";
        return ["routes", `routes: ${name}: no account has the tag ${JSON.stringify(tag)}; tags: ${known}`] as const;
      }),
  );
}

/** The accounts that a route names, by itself or by a tag; undefined for all. An account must be in both. */
export function accountsOf(
  { accounts, tags }: RouteSetting,
  known: { readonly [tag: string]: readonly string[] },
): readonly string[] | undefined {
  if (tags === undefined) return accounts;
  const tagged = [...new Set(tags.flatMap((tag) => known[tag] ?? []))];
  return accounts === undefined ? tagged : tagged.filter((account) => accounts.includes(account));
}
