import type { Named } from "./target-names.ts";

/** How good a name is for a call, the lower the better: the class first, then where in the call's name it stands. */
export type Rank = readonly [tier: number, place: number, level: number, length: number, kind: number];

/** The field is what the call says (`userName` of `CreateUser`); it names something; or it names what stands around. */
export const OWN = 1;
export const OTHER = 2;
export const AROUND = 3;

/** What identifies something, without the word that says so, and which of several is read best. */
const KINDS = ["name", "arn", "identifier", "id", "url"];

/** Calls of which something new comes, whose name only the answer has. */
export const MAKES = /^(?:Create|Run|Allocate|Copy|Register|Import|Purchase|Request|Restore|Upload|Provision)(?=[A-Z])/;

/** Fields that name something though nothing in them says so. */
const BARE = new Set(
  `alias application bucket cluster crawler database detector domain executionrole fleet function group instance job
  layer model phonenumber pipeline project publicip queue repository resource role rule secret serialnumber service
  servicerole snapshot stack statemachine stream table target task taskdefinition thing topic trail user vault volume
  workgroup`.split(/\s+/),
);

/** Identifiers of something else than a target: of the request, its pages, its attempts, of what the caller chose. */
const NEVER =
  /token(?:id)?$|^(?:client|creator|aws|amz|amzn)?requestid$|callerreference|externalid|sessionname|attributename|region(?:name|id)?$|tagkey|zone(?:name)?$|availabilityzone|hostname$|actionname|(?:first|last|middle|full|given|family)name$|^instancearn$|(?<!queue)url$|devicename|nonce|^marker|cursor|^nextpage|uploadid|correlationid|idempot|^max|limit|^xamz|(?:type|format|content|version|attribute|sort|group(?:ed)?by)name$|ownerid$|registryid$|^catalogid$|^locale|^authworkflowid/;

/** What a thing is made in, with or by: the target only of calls that say so. */
const SURROUNDINGS =
  /account(?:id|name)?$|^domain$|^deliver|logdestination|^(?:vpc|subnet|securitygroup|image|key|kmskey|version|policyversion|statement|instancearn|package)(?:id|name|arn|identifier)?$|kms|encryption|masterkey|role(?:arn|name)?$|^s3|sns|(?:subnet|parameter|option|security)group|cloudwatchlog|service(?:name|id|principal)|versionid$|userid|createdby|organization(?:id|arn)|displayname/;

/** The rank of a field in a call, by its name alone; undefined for one that names no target. */
export function rankOf(named: Named, eventName: string): Rank | undefined {
  const rank = rankByName(named, eventName);
  if (rank === undefined || !named.isListed) return rank;
  // Elements of a list come after what the list belongs to: the targets of a rule after the rule.
  const [tier, place, ...rest] = rank;
  return tier === OWN ? [AROUND, place - BEFORE_OTHERS, ...rest] : [AROUND, place, ...rest];
}

const BEFORE_OTHERS = 1000;

function rankByName({ field, within }: Named, eventName: string): Rank | undefined {
  if (NEVER.test(field)) return undefined;
  const suffix = KINDS.findIndex((kind) => field.endsWith(kind));
  const isBare = suffix < 0 || (field.endsWith("alias") && suffix >= 0);
  const stem = isBare ? field : field.slice(0, field.length - (KINDS[suffix] ?? "").length);
  const kind = isBare ? 0 : suffix;
  if (stem === "") {
    // `name` is the name of what the call is for, `trail.name` that of a trail.
    const holder = within.replace(
      /(?:input|config(?:uration)?|request|info|definition|settings?|data|detail|specification)$/,
      "",
    );
    if (holder === "") return within === "" ? [OWN, eventName.length, 0, 0, kind] : [OTHER, 0, 1, 0, kind];
    const place = placeIn(eventName, holder);
    return place === undefined ? [AROUND, 0, 1, 0, kind] : [OWN, place, 1, -holder.length, kind];
  }
  const level = within === "" ? 0 : 1;
  if (isBare && !BARE.has(stem)) return undefined;
  const place = placeIn(eventName, stem);
  if (place !== undefined) return [OWN, place, level, -stem.length, kind];
  return [SURROUNDINGS.test(field) || within !== "" ? AROUND : OTHER, 0, level, 0, kind];
}

/** Where a call's name has a word, or words: `accesskey` in `CreateAccessKey`, `instance` in `RunInstances`. */
function placeIn(eventName: string, stem: string): number | undefined {
  if (stem.length < 3) return undefined;
  const folded = eventName.toLowerCase();
  for (let at = folded.indexOf(stem); at >= 0; at = folded.indexOf(stem, at + 1)) {
    const rest = eventName.slice(at + stem.length);
    if (/^[A-Z]/.test(eventName.slice(at)) && /^(?:s|es)?(?:[A-Z0-9]|$)/.test(rest)) return at;
  }
  return undefined;
}

export interface Ranked extends Named {
  readonly rank: Rank;
}

/** The names that have a rank, the best first. The order of the fields is nobody's to choose: it decides nothing. */
export function ranked(names: readonly Named[], rankBy: (named: Named) => Rank | undefined): readonly Ranked[] {
  return names
    .flatMap((named) => {
      const rank = rankBy(named);
      return rank === undefined ? [] : [{ ...named, rank }];
    })
    .sort((a, b) => compareRanks(a.rank, b.rank) || compareTexts(a.within + a.field, b.within + b.field));
}

function compareRanks(a: Rank, b: Rank): number {
  return a[0] - b[0] || a[1] - b[1] || a[2] - b[2] || a[3] - b[3] || a[4] - b[4];
}

function compareTexts(a: string, b: string): number {
  return a === b ? 0 : a < b ? -1 : 1;
}
