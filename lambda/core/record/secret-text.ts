import { withoutAssigned, withoutOptions } from "./secret-assignments.ts";
import { withoutTyped } from "./secret-commands.ts";
import { isSecretLabel, isSecretName, REDACTED } from "./secret-names.ts";

/**
 * Text in which every recognizable secret is replaced: private keys, tokens with a known beginning, credentials in
 * URLs, and the values of secret names, as shells, connection strings, YAML, cut JSON and XML write them. Every step
 * takes time linear in the text.
 */
export function redactFreeText(text: string): string {
  if (text.length < 6) return text;
  let shown = text.includes("PRIVATE KEY") ? withoutPrivateKeys(text) : text;
  shown = withoutTokens(shown);
  if (shown.includes("://")) shown = shown.replace(USER_INFO, REDACTED);
  if (/[?#]/.test(shown)) shown = shown.replace(QUERY, withoutQuerySecrets);
  if (shown.includes("</")) shown = shown.replace(ELEMENT, withoutElement);
  if (shown.includes("'")) shown = shown.replace(QUOTED, withoutQuoted);
  shown = withoutTyped(shown);
  if (shown.includes("-")) shown = withoutOptions(shown);
  return /[=:]/.test(shown) ? withoutAssigned(shown) : shown;
}

const BEGIN = /-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----/g;

/** From a private key's first line to its last, or to the end of the text where that is missing. */
function withoutPrivateKeys(text: string): string {
  let shown = "";
  let at = 0;
  for (const { 0: begin, index } of text.matchAll(BEGIN)) {
    if (index < at) continue;
    shown += text.slice(at, index) + REDACTED;
    const dashes = text.indexOf("-----END ", index + begin.length);
    const end = dashes === -1 ? -1 : text.indexOf("-----", dashes + 9);
    at = end === -1 ? text.length : end + 5;
  }
  return shown + text.slice(at);
}

/** JSON Web Tokens, STS session tokens, and other tokens that are known by their beginnings. */
const TOKEN = new RegExp(
  [
    String.raw`eyJ[\w-]{8,}\.[\w-]{8,}[\w.-]*`,
    `(?:IQoJb3JpZ2lu|F[wQ]oG[A-Z]XIvYXdz)[A-Za-z0-9/+=%]{30,}`,
    String.raw`gh[opsur]_\w{30,}|github_pat_\w{30,}|glpat-[\w-]{20,}|xox[abeoprs]-[\w-]{10,}|[rs]k_live_\w{16,}`,
    String.raw`da2-[a-z0-9]{20,}|hv[bsr]\.[\w-]{20,}|sk-[\w-]{20,}|AIza[\w-]{35}|npm_\w{36}|AGE-SECRET-KEY-\w{20,}`,
  ]
    .map((pattern) => `(?<![A-Za-z0-9_+-])(?:${pattern})`)
    .join("|"),
  "g",
);
const HOOK =
  /(?<=\/\/hooks\.slack\.com\/\w{1,20}\/|\/\/discord(?:app)?\.com\/api\/webhooks\/|\.webhook\.office\.com\/webhookb2\/)[\w/@-]+/g;
const BEARER = /(?<![\w-])(?<=bearer )[\w.~+/=-]{12,}|(?<=\bbasic )(?=[A-Za-z]{0,40}[\d=+/])[A-Za-z0-9+/]{8,}={0,2}/gi;

/** 40 characters of base64 beside an access key id are likely its secret. */
const KEY_ID = /A(?:KI|SI)A[A-Z2-7]{16}|aws.?secret/i;
const SECRET_ACCESS_KEY = /(?<![A-Za-z0-9/+=_-])[A-Za-z0-9/+]{40}(?![A-Za-z0-9/+=_-])/g;

function withoutTokens(text: string): string {
  if (text.length < 16) return text;
  const shown = (/bearer|basic/i.test(text) ? text.replace(BEARER, REDACTED) : text).replace(TOKEN, REDACTED);
  const unhooked = shown.includes("hook") ? shown.replace(HOOK, REDACTED) : shown;
  if (text.length < 40 || !KEY_ID.test(unhooked)) return unhooked;
  return unhooked.replace(SECRET_ACCESS_KEY, (key) => (isMixed(key) ? REDACTED : key));
}

/** Hexadecimal digests and paths are less mixed than a key. */
function isMixed(key: string): boolean {
  return /[a-z]/.test(key) && /[A-Z]/.test(key) && /\d/.test(key) && /[g-zG-Z]/.test(key);
}

const USER_INFO = /(?<=:\/\/)[^\s/:@"'<>]*:[^\s/"'<>]+(?=@)/g;

/** What follows a question mark or a hash in a URL, even in one without a host. */
const QUERY = /[?#][^\s"'<>?#]+/g;
const SIGNATURE = /[?&](?:X-Amz-Signature|X-Goog-Signature|Signature|sig)=/i;
const QUERY_SECRET = /^(?:sig|sign|code|key|X-Amz-Credential)$/i;

/** A presigned URL keeps no value: whoever has all but the signature's name could still put it together. */
function withoutQuerySecrets(query: string): string {
  const isSigned = SIGNATURE.test(query);
  return query.replace(/(?<=[?#&])([^=&]*)=([^&]*)/g, (pair, name: string, value: string) => {
    const isSecret = isSigned || QUERY_SECRET.test(name) || isSecretLabel(name);
    return isSecret && value !== "" ? `${name}=${REDACTED}` : pair;
  });
}

const ELEMENT = /<([\w:.-]+)(?:\s[^<>]*)?>([^<]+)(?=<\/)/g;

function withoutElement(element: string, name: string, content: string): string {
  return isSecretName(name) ? element.slice(0, -content.length) + REDACTED : element;
}

const QUOTED = /'[^']+'/g;

/** SQL's `IDENTIFIED BY '...'`, and what services say of a value that they refuse. */
function withoutQuoted(quoted: string, at: number, text: string): string {
  const before = text.slice(Math.max(0, at - 40), at);
  const behind = text.slice(at + quoted.length, at + quoted.length + 120);
  const isRefused = /\bvalue $/i.test(before) && isSecretName(/^ at '([\w.]+)'/.exec(behind)?.[1] ?? "");
  return isRefused || /\b(?:password|by)\s+$/i.test(before) ? `'${REDACTED}'` : quoted;
}
