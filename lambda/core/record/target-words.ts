import { isObject, valueAt } from "./record.ts";
import { lastPart, texts, topField, topText } from "./target-names.ts";

/** How many elements of one list are looked at. */
const MAX_ELEMENTS = 200;

/** `999999999999`, `all and 2 more`: the first of several, and how many more there are. */
export function listed(all: readonly string[]): string | undefined {
  const [first, ...others] = [...new Set(all)];
  return first === undefined ? undefined : `${first}${others.length > 0 ? ` and ${others.length} more` : ""}`;
}

/**
 * The same values in the order in which they matter: everybody, what names another account than `own`, what names none.
 * A stranger must not hide behind one's own.
 */
export function strangersFirst(all: readonly string[], own: string | undefined): readonly string[] {
  const rank = (text: string) => {
    if (/^(?:all|\*)$/i.test(text)) return 0;
    const [account] = /(?<!\d)\d{12}(?!\d)/.exec(text) ?? [];
    return account === undefined ? 2 : account === own ? 3 : 1;
  };
  return all
    .map((text) => [rank(text), text] as const)
    .sort(([a], [b]) => a - b)
    .map(([, text]) => text);
}

/** Who a snapshot or an image is shared with. */
export function sharingOf(parameters: unknown, own: string | undefined): string | undefined {
  const permissions = Object.entries(isObject(parameters) ? parameters : {}).filter(([key]) =>
    /^(?:createVolume|launch|load)Permission$/i.test(key),
  );
  const named = (change: string) =>
    permissions.flatMap(([, permission]) =>
      itemsOf(valueAt(permission, change)).flatMap((item) =>
        Object.values(isObject(item) ? item : {}).filter((text) => typeof text === "string"),
      ),
    );
  return changed(named("add"), named("remove"), own);
}

/** Who was added to a list: `valuesToAdd`, `accountIdsToAdd`; else who was removed. */
export function changeOf(parameters: unknown, field: string, own: string | undefined): string | undefined {
  return changed(texts(parameters, `${field}ToAdd`), texts(parameters, `${field}ToRemove`), own);
}

function changed(added: readonly string[], removed: readonly string[], own: string | undefined): string | undefined {
  const gone = listed(strangersFirst(removed, own));
  return listed(strangersFirst(added, own)) ?? (gone === undefined ? undefined : `${gone} no longer`);
}

/** Where a bucket's objects are copied to: the account, or else the bucket. */
export function copiedTo(parameters: unknown, own: string | undefined): string | undefined {
  const rules = topField(topField(parameters, "replicationConfiguration"), "rule");
  const destinations = (Array.isArray(rules) ? rules.slice(0, MAX_ELEMENTS) : [rules]).map((rule) =>
    topField(rule, "destination"),
  );
  const all = destinations.map((one) => topText(one, "account") ?? lastPart(topText(one, "bucket") ?? ""));
  return listed(
    strangersFirst(
      all.filter((text) => text !== ""),
      own,
    ),
  );
}

interface Opening {
  readonly ports: string;
  readonly peer: string;
}

/** `tcp 22 from 0.0.0.0/0`: the widest opening of a security group, whatever stands in front of it. */
export function openingOf(parameters: unknown, way: "from" | "to"): string | undefined {
  const rules = itemsOf(topField(parameters, "securityGroupRules")).map((one) => topField(one, "securityGroupRule"));
  const openings = [parameters, ...itemsOf(valueAt(parameters, "ipPermissions")), ...rules].flatMap(openingsOf);
  const all = openings
    .toSorted((a, b) => widthOf(a) - widthOf(b))
    .map(({ ports, peer }) => (peer === "" ? ports : `${ports} ${way} ${peer}`));
  return listed(all);
}

function openingsOf(permission: unknown): readonly Opening[] {
  const protocol = topText(permission, "ipProtocol");
  if (protocol === undefined) return [];
  const from = topField(permission, "fromPort");
  const to = topField(permission, "toPort");
  const isAll = protocol === "-1" || (from === 0 && to === 65535);
  const range = isAll || typeof from !== "number" || from < 0 ? "" : from === to ? ` ${from}` : ` ${from}-${to}`;
  const ports = `${protocol === "-1" ? "all" : protocol}${range}`;
  const peers = [
    topText(permission, "cidrIp") ?? topText(permission, "cidrIpv4") ?? topText(permission, "cidrIpv6"),
    ...["ipRanges", "ipv6Ranges", "groups", "prefixListIds"].flatMap((list) =>
      itemsOf(valueAt(permission, list)).map(
        (item) =>
          topText(item, "cidrIp") ??
          topText(item, "cidrIpv6") ??
          topText(item, "groupId") ??
          topText(item, "prefixListId"),
      ),
    ),
  ].filter((peer) => peer !== undefined);
  return peers.length === 0 ? [{ ports, peer: "" }] : peers.map((peer) => ({ ports, peer }));
}

/** The bits of a network; what is no network counts as narrower than any. */
function widthOf({ peer }: Opening): number {
  const [, bits] = /\/(\d{1,3})$/.exec(peer) ?? [];
  if (bits === undefined) return peer === "" ? 998 : 999;
  return peer.includes(":") ? Number(bits) / 4 : Number(bits);
}

/** Where a command runs: an instance, or what the instances have in common. */
export function commandedOf(parameters: unknown): string | undefined {
  const instances = listed(texts(parameters, "instanceIds"));
  if (instances !== undefined) return instances;
  const targets = itemsOf(valueAt(parameters, "targets")).map((target) =>
    [topText(target, "key"), texts(target, "values").join(",")].filter(Boolean).join("="),
  );
  return listed(targets.filter((text) => text !== ""));
}

function itemsOf(value: unknown): readonly unknown[] {
  const list = isObject(value) && Object.hasOwn(value, "items") ? value.items : value;
  return Array.isArray(list) ? list.slice(0, MAX_ELEMENTS) : isObject(list) ? [list] : [];
}
