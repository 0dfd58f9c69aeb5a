/** Characters shown of one value of a record. */
export const VALUE_LIMIT = 120;

/**
 * Characters that are invisible, that end a line, or that move their neighbours about (controls of direction, and
 * letters of scripts that are written from right to left): shown as \u{...}.
 */
const UNSEEN =
  /[\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u;

/** A dot, or what browsers take for one, where the text around it could become a link. */
const LINKING_DOT =
  /(?<=[\p{L}\p{N}\p{M}_-])[.\u3002\uff0e\uff61](?=\p{L})|(?<=\d\.\d{1,3})\.(?=\d{1,3}(?:[:?#]|\/(?!\d{1,2}(?![\w/]))))/gu;

/**
 * Names of services (`ec2.amazonaws.com`, `ssmmessages.eu-west-1.amazonaws.com`; a bucket's address has one label more), of
 * instance types (`p2.xlarge`), runtimes (`nodejs18.x`), files and handlers whose ending is no domain's (`orders.json`, `index.handler`, but not `code.zip`: anybody can buy that), of
 * models (`anthropic.claude-3-haiku-20240307-v1:0`), error codes
 * (`Client.UnauthorizedOperation`): they lead nowhere, or to AWS.
 */
const OF_AWS =
  /(?<![\p{L}\p{N}\p{M}_.\u3002\uff0e\uff61@:/%\\-])([a-z][a-z0-9-]{1,40}\.(?:[a-z]{2,6}(?:-[a-z]{3,12}){1,2}-\d\.)?amazonaws\.com|nodejs\d{1,3}\.x|[A-Za-z0-9_][\w-]{0,60}\.(?:json|ya?ml|txt|csv|parquet|handler|lambda_handler|test)|(?:Client|Server)\.[A-Z][A-Za-z]*(?:Operation|Exceeded|NotFound|Malformed|Capacity|Value|Failure|InUse)|[a-z][a-z0-9-]{1,15}\.(?:nano|micro|small|medium|large|\d{0,3}xlarge)|(?:amazon\.(?:titan|nova)|anthropic\.claude|cohere\.(?:command|embed|rerank)|meta\.llama\d+|mistral\.mi[sx]tral)-(?:[a-z0-9]+-)*v\d+:\d+)(?![\p{L}\p{N}\p{M}_.\u3002\uff0e\uff61@:/[%\\-])/u;

/**
 * Text from a record made harmless: on one line, no hidden or direction-changing characters, runs of spaces folded, no
 * link (`evil[.]com`, `https[:]//`), at most `limit` characters.
 */
export function inert(text: string, limit = VALUE_LIMIT): string {
  const head = unlinked(text.slice(0, limit * 4));
  return cut(head, limit, text.length > limit * 4);
}

function unlinked(text: string): string {
  const around = text.split(OF_AWS);
  return around
    .map((part, i) => (i % 2 === 1 ? part : part.replace(LINKING_DOT, "[.]").replaceAll("://", "[:]//")))
    .join("");
}

/** A word of a command that no mail program takes for a link: the shell reads `alice'.'smith` as alice.smith. */
export function unlinkedWord(word: string): string {
  return word
    .split(OF_AWS)
    .map((part, i) => (i % 2 === 1 ? part : part.replace(LINKING_DOT, "'.'")))
    .join("");
}

/** Text from a record for a terminal: like inert, but links stay whole so that they can be compared with a rule. */
export function visible(text: string, limit = VALUE_LIMIT): string {
  return cut(text.slice(0, limit * 4), limit, text.length > limit * 4);
}

/** What most texts are: nothing in it is to be shown otherwise. */
const PLAIN = /^(?:[!-~]| (?! ))*$/;

function cut(head: string, limit: number, isLonger: boolean): string {
  if (head.length <= limit && !isLonger && PLAIN.test(head)) return head;
  // Pieces are never cut: an escape is shown whole or not at all.
  const pieces = head
    .replace(/\p{Zs}+/gu, " ")
    .split(OF_AWS)
    .flatMap((part, i) => (i % 2 === 1 ? [part] : Array.from(part.match(/\[[.:]\]|./gsu) ?? [], escaped)));
  const whole = pieces.join("");
  if (whole.length <= limit && !isLonger) return whole;
  let shown = "";
  for (const piece of pieces) {
    if (shown.length + piece.length > limit - 1) break;
    shown += piece;
  }
  return `${shown}…`;
}

function escaped(piece: string): string {
  return UNSEEN.test(piece) ? `\\u{${(piece.codePointAt(0) ?? 0).toString(16)}}` : piece;
}

/** A name from a record: bare when it cannot be mistaken for anything else, else in quotes. */
export function name(text: string, limit = VALUE_LIMIT): string {
  if (text.length <= limit && isAddress(text)) return text;
  return /^[\w+=.@/:-]+$/.test(text) ? inert(text, limit) : quoted(text, limit);
}

/** People are known by their address, which leads to nothing but a mailbox. */
function isAddress(text: string): boolean {
  return text.length <= 100 && /^[a-z0-9+._-]+@(?:[a-z0-9-]+\.)+[a-z]{2,}$/i.test(text);
}

/** Text from a record in quotes, so that it cannot pass for the words around it. */
export function quoted(text: string, limit = VALUE_LIMIT): string {
  return `"${inert(text.replaceAll("\\", "\\\\").replaceAll('"', '\\"'), limit)}"`;
}

/** Text in printable ASCII: accents are dropped (Zürich, Zurich), what has no plain form becomes a question mark. */
export function ascii(text: string): string {
  if (isAddress(text)) return text;
  const plain = text
    .replaceAll("…", "..")
    .replace(/[\u2010-\u2015]/g, "-")
    .normalize("NFKD")
    .replace(/\p{M}/gu, "");
  // Decomposing letters can produce a dot or a colon that was not there before.
  return unlinked(plain.replace(/[^\x20-\x7e]/gu, "?"));
}
