/**
 * Keys whose values are credentials, compared in lower case without "-" and "_", so that SecretString, secret_string
 * and secretString are one key. Keys that contain "password" or "passphrase" are covered whatever stands around it.
 * CloudTrail removes many of these itself, but not in every service and not in every error.
 */
const SECRET_KEYS = new Set([
  "accesstoken",
  "apikeyvalue",
  "authenticationcode1",
  "authenticationcode2",
  "authorization",
  "authorizationcode",
  "authorizationtoken",
  "authparameters",
  "authtoken",
  "base32stringseed",
  "bearertoken",
  "clientsecret",
  "clientsecretvalue",
  "decryptedvalue",
  "encryptedkeymaterial",
  "idtoken",
  "importtoken",
  "keymaterial",
  "oauthtoken",
  "personalaccesstoken",
  "plaintext",
  "plaintextkey",
  "presharedkey",
  "privatekey",
  "privatekeyplaintext",
  "qrcodepng",
  "refreshtoken",
  "samlassertion",
  "secret",
  "secretaccesskey",
  "secretbinary",
  "secretkey",
  "secretstring",
  "secrettoken",
  "secretvalue",
  "securitytoken",
  "sessiontoken",
  "signintoken",
  "sshprivatekey",
  "tokencode",
  "userdata",
  "webidentitytoken",
  "xamzsecuritytoken",
  "xamzsignature",
]);

const SECRET_KEY_PARTS = /password|passwd|passphrase/;

export const REDACTED = "[redacted]";

/** Deeper than this nothing is sent: no CloudTrail record comes near it, and recursion must end. */
const MAX_DEPTH = 64;

function isSecretKey(key: string): boolean {
  const folded = key.toLowerCase().replace(/[-_]/g, "");
  return SECRET_KEYS.has(folded) || SECRET_KEY_PARTS.test(folded);
}

/**
 * A copy of a JSON value in which the value of every secret key is replaced by `[redacted]`, at any depth, also inside
 * strings that hold JSON. true, false and null cannot be a credential and stay (`passwordResetRequired: true`).
 */
export function redact(value: unknown, depth = 0): unknown {
  if (typeof value === "string") return redactJsonText(value, depth);
  if (typeof value !== "object" || value === null) return value;
  if (depth > MAX_DEPTH) return REDACTED;
  if (Array.isArray(value)) return value.map((element) => redact(element, depth + 1));
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [
      key,
      isSecretKey(key) && inner !== null && typeof inner !== "boolean" ? REDACTED : redact(inner, depth + 1),
    ]),
  );
}

function redactJsonText(text: string, depth: number): string {
  if (!/^\s*[[{]/.test(text)) return text;
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return text; // not JSON after all, so there are no keys to look for
  }
  const clean = JSON.stringify(redact(parsed, depth + 1));
  return clean.includes(REDACTED) ? clean : text;
}
