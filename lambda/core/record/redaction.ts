/**
 * Keys whose values are credentials, compared by their letters and digits in lower case, so that SecretString,
 * secret_string and secret.string are one key. Keys that contain "password" or the like are covered whatever stands
 * around it. CloudTrail removes many of these itself, but not in every service and not in every error.
 */
const SECRET_KEYS = new Set([
  "accesstoken",
  "apikey",
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
  "passcode",
  "plaintextkey",
  "presharedkey",
  "privatekeypem",
  "privatekeyplaintext",
  "qrcodepng",
  "refreshtoken",
  "samlassertion",
  "secret",
  "secretbinary",
  "secretkey",
  "secretstring",
  "secrettoken",
  "secretvalue",
  "sharedsecret",
  "securitytoken",
  "signintoken",
  "tokencode",
  "userdata",
  "webidentitytoken",
  "xamzsecuritytoken",
  "xamzsignature",
]);

const SECRET_KEY_PARTS = /password|passwd|passphrase|^pwd$|secretaccesskey|sessiontoken|privatekey$/;

/** Lists of settings name the key in one field and the value in another: `{"name": "DB_PASSWORD", "value": "..."}`. */
const NAME_FIELDS = ["name", "key", "parameterName", "parameterKey", "optionName", "Name", "Key", "ParameterKey"];
const VALUE_FIELDS = ["value", "parameterValue", "optionValue", "Value", "ParameterValue"];

/** Credentials within a URL: user and password, and the parts of a presigned one. */
const SECRETS_IN_URLS =
  /(?<=:\/\/)[^\s/:@]+:[^\s/@]+(?=@)|(?<=[?&]X-Amz-(?:Signature|Security-Token|Credential)=)[^&\s]+/gi;

export const REDACTED = "[redacted]";

/** Deeper than this nothing is sent: no CloudTrail record comes near it, and recursion must end. */
const MAX_DEPTH = 64;

function isSecretKey(key: string): boolean {
  const folded = key.toLowerCase().replace(/[^a-z0-9]/g, "");
  return SECRET_KEYS.has(folded) || SECRET_KEY_PARTS.test(folded);
}

/**
 * A copy of a JSON value in which the value of every secret key is replaced by `[redacted]`, at any depth, also inside
 * strings that hold JSON. true, false and null cannot be a credential and stay (`passwordResetRequired: true`).
 */
export function redact(value: unknown, depth = 0): unknown {
  if (typeof value === "string") return redactText(value, depth);
  if (typeof value !== "object" || value === null) return value;
  if (depth > MAX_DEPTH) return REDACTED;
  if (Array.isArray(value)) return value.map((element) => redact(element, depth + 1));
  const entries = Object.entries(value);
  const namesSecret = entries.some(
    ([key, inner]) => NAME_FIELDS.includes(key) && typeof inner === "string" && isSecretKey(inner),
  );
  return Object.fromEntries(
    entries.map(([key, inner]) => {
      const isSecret = isSecretKey(key) || (namesSecret && VALUE_FIELDS.includes(key));
      return [key, isSecret && inner !== null && typeof inner !== "boolean" ? REDACTED : redact(inner, depth + 1)];
    }),
  );
}

function redactText(text: string, depth: number): string {
  const shown = text.includes("://") ? text.replace(SECRETS_IN_URLS, REDACTED) : text;
  if (!/^\s*[[{"]/.test(shown)) return shown;
  let parsed: unknown;
  try {
    parsed = JSON.parse(shown);
  } catch {
    return shown; // not JSON after all, so there are no keys to look for
  }
  const clean = JSON.stringify(redact(parsed, depth + 1));
  return clean.includes(REDACTED) ? clean : shown;
}
