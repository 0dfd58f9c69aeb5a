/**
 * What a field's name says of its value, by its last words: `masterUserPassword` is a password, `nextToken` is
 * no token that opens anything, and `passwordResetRequired` only says whether one is required.
 */

/** What replaces a secret. */
export const REDACTED = "[redacted]";

/** Words that make a name secret when they come last, even written together (`dbpassword`). */
const PASSWORDS = /(?:pass(?:word|wd|phrase|code)|secret|credential|accesskey|secretkey|privatekey|apikey)s?$/;
const TOKENS = /(?:access|api|auth|bearer|id|identity|refresh|secret|security|session|web)tokens?$/;
const SECRET_WORDS = new Set("assertion cvc cvv jwt otp pin plaintext psk pwd totp".split(" "));

/** Words before one that is secret only in such company: `private key`, `mfa code`. */
const SECRET_BEFORE: { readonly [word: string]: ReadonlySet<string> | undefined } = {
  key: setOf(
    "access account activation api auth customer hmac host jwk mac master pre private recovery registration",
    "secret service session shared signing solution specific storage stream subscription symmetric vsan wallet webhook",
  ),
  code: setOf(
    "access activation auth authentication authorization backup confirmation device invite login mfa otp pass pin recovery",
    "secret security sms token user verification",
  ),
  material: setOf("key authentication"),
  data: setOf("user pin track"),
  block: setOf("key pin"),
  text: setOf("plain"),
  seed: setOf("string secret master private"),
  verifier: setOf("code password srp"),
  number: setOf("card"),
  cryptogram: setOf("key request application"),
  answer: setOf("challenge security secret"),
  responses: setOf("challenge"),
  parameters: setOf("auth"),
  string: setOf("signed"),
  png: setOf("code"),
  file: setOf("zip wallet"),
};

/** Tokens that open nothing: they say where a list goes on, which try of a call it is, or what was counted. */
const HARMLESS_TOKENS = setOf(
  "action backward block cache caller change checkpoint chunk client completion concurrency conditional continuation continue",
  "creation creator deduplication dedupe execute forward grant http idempotence idempotency idempotent input last lock marker",
  "max message min next offer output page pagination paging position preview previous product prompt provision read request",
  "resume retrieval retry revision scroll sequence share start starting stop sync terminate total update usage version write",
);

/** Endings that give the form of a secret, or which of several it is: the words before them decide. */
const FORMS = setOf(
  "value values string binary blob text data pem base hash hex raw json map body content encrypted decrypted encoded plaintext",
  "old new current previous primary secondary",
);

/** Endings of names that only point at a value or describe it; these stay even in a map whose other values go. */
const REFERENCES = setOf(
  "id ids arn arns name names username user users role type status state date at time created expires expiration region",
  "regions host port from provider version timeout directory required enabled scheme",
);

/** Further endings of made-up names in which "password" is not what the value holds (`password_encryption`). */
const ASPECTS = setOf(
  "age algorithm bucket bytes count days duration encryption expire expiry field file format history length limit",
  "manager max method min minutes mode path period policy prefix reuse rotation seconds size source store table ttl url",
);

/** Values that give the state of a password or token, and what CloudTrail itself writes in place of omitted values. */
const STATES =
  /^(?:|true|false|null|none|required|optional|enabled|disabled|seconds|minutes|hours|days|iam|aws_iam|lb_cookie|app_cookie|\*+|(?:value )?hidden[_ ]due[_ ]to[_ ]security[_ ]reasons\.?|<?sensitiveDataRemoved>?)$/i;

const ARN = /^arn:aws[\w-]*:[\w-]*:[\w-]*:(?:\d{12}|aws)?:[\w/:.+=,@*$-]+$/;

/** Records share a few hundred field names; names that callers make up must not fill the memory. */
const MAX_KNOWN = 5_000;

/** A longer name is no field's name; only its end decides. */
const MAX_NAME = 128;

function setOf(...lines: readonly string[]): ReadonlySet<string> {
  return new Set(lines.join(" ").split(" "));
}

/** CloudTrail writes the first letter of a member small, even of an abbreviation: `aPIKey`. */
const SMALL_FIRST = /^[a-z](?=[A-Z]{2})/;

/** The words of a name in lower case, without digits: `MFACode_2` is mfa, code. */
function wordsOf(name: string): string[] {
  return splitWords(name.slice(-MAX_NAME).replace(SMALL_FIRST, (letter) => letter.toUpperCase()));
}

/** The same in each way to read it: `aPIKey` begins with an abbreviation, `xAPIKey` with a word of one letter. */
function readingsOf(name: string): string[][] {
  const end = name.slice(-MAX_NAME);
  return SMALL_FIRST.test(end) ? [wordsOf(name), splitWords(end)] : [wordsOf(name)];
}

function splitWords(name: string): string[] {
  const words = name.match(/[A-Z]+(?![a-z])|[A-Z]?[a-z]+/g) ?? [];
  return words.map((word) => word.toLowerCase());
}

/** True for the name of a field whose value is a credential. */
export function isSecretName(name: string): boolean {
  return readingsOf(name).some(isSecretBeforeForms) || (isMadeUp(name) && isSecretAnywhere(name));
}

function isSecretBeforeForms(words: readonly string[]): boolean {
  const left = [...words];
  for (;;) {
    if (isSecretEnding(left)) return true;
    if (left.length < 2 || !FORMS.has(left.at(-1) ?? "")) return false;
    left.pop();
  }
}

/** Like isSecretName, for names that people choose: the secret word may stand anywhere in them (`TOKEN_GITHUB`). */
export const isSecretLabel = remembered(
  (label: string) => isSecretName(label) || readingsOf(label).some(isHeaderName) || isSecretAnywhere(label),
);

function remembered<T>(judge: (name: string) => T): (name: string) => T {
  const known = new Map<string, T>();
  return (name) => {
    const before = known.get(name);
    if (before !== undefined) return before;
    const judged = judge(name);
    if (known.size < MAX_KNOWN && name.length <= MAX_NAME) known.set(name, judged);
    return judged;
  };
}

function isSecretEnding(words: readonly string[]): boolean {
  const [last = "", before = "", further] = [words.at(-1), words.at(-2), words.at(-3)];
  // publicKeyMaterial is public, and includeKeyMaterial says which keys to list.
  if (further === "public" || further === "include") return false;
  if (last === "token" || last === "tokens") return !HARMLESS_TOKENS.has(before);
  if (SECRET_WORDS.has(last) || PASSWORDS.test(last) || TOKENS.test(last)) return true;
  const one = last.replace(/(?<=key|code|block)s$/, "");
  return Object.hasOwn(SECRET_BEFORE, one) && (SECRET_BEFORE[one]?.has(before) ?? false);
}

/** Words that make a text secret, though an object of that name holds more than a secret: `auth` of an RDS proxy. */
const HEADERS = /^(?:auth|authorization|cookie|pass|signature)$/;

function isHeaderName(words: readonly string[]): boolean {
  const [last = "", before = ""] = [words.at(-1), words.at(-2)];
  if (last === "signature") return !/^(?:group|intent|type)$/.test(before);
  if (last === "auth") return words.length === 1;
  return HEADERS.test(last) && before !== "account";
}

/** API names are written in camel case. */
function isMadeUp(name: string): boolean {
  return /[_-]/.test(name) || !/[a-z]/.test(name);
}

function isSecretAnywhere(label: string): boolean {
  return readingsOf(label).some(isSecretAmong);
}

function isSecretAmong(words: readonly string[]): boolean {
  const last = words.at(-1) ?? "";
  if (REFERENCES.has(last) || ASPECTS.has(last)) return false;
  return words.some((word, i) => (word === "pwd" || !SECRET_WORDS.has(word)) && isSecretEnding(words.slice(0, i + 1)));
}

/** True for a name whose value only points at something or describes it: an id, an ARN, a date. */
export function isReference(name: string): boolean {
  const words = wordsOf(name);
  return REFERENCES.has(words.at(-1) ?? "") || /^(?:port number|public key)$/.test(words.slice(-2).join(" "));
}

/** True for a value that is no credential, whatever its name: a state, or the ARN of what holds one. */
export function isHarmlessValue(value: string): boolean {
  return STATES.test(value) || (value.length <= 2_048 && ARN.test(value));
}

/**
 * What a field holds: a secret; a secret if it is text; a map of variables, of which all values go; a map of parameters, of which those stay
 * that are references; or whatever it says itself.
 */
export type Holding = "secret" | "header" | "variables" | "parameters" | "anything";

const ENVIRONMENTS = setOf("build container execution job process runtime task");
const PARAMETERS = setOf("body header provisioning query run sql task template workflow");

/** What a field of this name holds. */
export const holdingOf = remembered(judged);

function judged(name: string): Holding {
  if (isSecretName(name)) return "secret";
  const words = wordsOf(name);
  const [last = "", before] = [words.at(-1), words.at(-2)];
  if (readingsOf(name).some(isHeaderName)) return "header";
  if (/^(?:variables|vars|envs?)$/.test(last)) return "variables";
  if (last === "environment" && (before === undefined || ENVIRONMENTS.has(before))) return "variables";
  if (/^overrides?$/.test(last) && /^variables?$/.test(before ?? "")) return "variables";
  // With these, a distribution proves to its origin that it is the one.
  if (last === "headers" && before === "custom") return "variables";
  if (/^(?:query string )?parameters$/.test(words.join(" "))) return "parameters";
  if (last === "parameters" && words.length === 2 && PARAMETERS.has(before ?? "")) return "parameters";
  if (last === "arguments" || (last === "overrides" && before === "parameter")) return "parameters";
  return words.length === 1 && /^sqls?$/.test(last) ? "secret" : "anything";
}
