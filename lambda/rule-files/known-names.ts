import { eventNamesOf } from "../core/rules/call-aliases.ts";

/**
 * Calls that Lambda records under a name with its API's version. Newer ones, such as CreateFunctionUrlConfig, have none.
 * Source: Lambda Developer Guide, "Logging AWS Lambda API calls using AWS CloudTrail".
 */
const DATED = new Set(
  `addlayerversionpermission addpermission createalias createeventsourcemapping createfunction deletealias
  deleteeventsourcemapping deletefunction deletefunctionconcurrency deletelayerversion getalias geteventsourcemapping
  getfunction getfunctionconfiguration getpolicy listaliases listeventsourcemappings listfunctions
  listversionsbyfunction publishlayerversion publishversion putfunctionconcurrency removepermission updatealias
  updateeventsourcemapping updatefunctioncode updatefunctionconfiguration`.split(/\s+/),
);

/** Calls that another event source records (Route 53 Developer Guide, "Logging Amazon Route 53 API calls"). */
const ELSEWHERE: { readonly [call: string]: string } = {
  "route53:disabledomaintransferlock": "route53domains.amazonaws.com",
  "route53:transferdomaintoanotherawsaccount": "route53domains.amazonaws.com",
};

/** Why a rule that compares an event name as it stands may miss the call, in words; empty when there is no doubt. */
export function misnamed(service: string, name: string): readonly string[] {
  const call = `${service}:${name.toLowerCase()}`;
  if (service === "lambda" && DATED.has(name.toLowerCase())) {
    return [`Lambda records ${name} with an API version behind it; this rule sees the bare name only`];
  }
  const elsewhere = Object.hasOwn(ELSEWHERE, call) ? ELSEWHERE[call] : undefined;
  if (elsewhere !== undefined) return [`${name} is recorded by ${elsewhere}, not by ${service}.amazonaws.com`];
  const [, recorded] = eventNamesOf(service, name);
  return recorded === undefined ? [] : [`${name} is an IAM action; the record's event name is ${recorded}`];
}
