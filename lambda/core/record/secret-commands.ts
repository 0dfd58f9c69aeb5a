import { REDACTED } from "./secret-names.ts";

/** What stands between a program and its option, in the same command. */
const ON = String.raw`\b[^\n|;&]{0,200}?\s`;
const VALUE = String.raw`(?:"[^"\n]{1,200}"|'[^'\n]{1,200}'|[^\s"']+)`;
/** What stands before a program that reads what the command writes. Spaces without end would be tried from each of them. */
const INTO = String.raw`\s{0,20}\|\s{0,20}(?:sudo\s{1,20})?`;

/**
 * Commands in which a secret has no name of its own: what stands before it, the secret, what must follow. Each has a word
 * that the text must contain.
 */
const COMMANDS: readonly (readonly [word: string, command: RegExp])[] = [
  ["-p", named(String.raw`\b(?:mysql|mysqldump|mysqladmin|mariadb)${ON}-p(?=\S)`)],
  ["-p", named(String.raw`\b(?:sshpass|smbclient|mongo(?:sh|dump|restore|export|import)?)${ON}-p[ =]?`)],
  ["-p", named(String.raw`\b(?:docker|podman|buildah|helm|oras|az)(?:\s+\S{1,30}){0,3}?\s+login${ON}-p[ =]?`)],
  ["-a", named(String.raw`\b(?:redis|valkey)-cli${ON}-a `)],
  ["-w", named(String.raw`\bldap(?:search|add|modify|delete|whoami|passwd)${ON}-w `)],
  // A container's user and group are numbers.
  ["-u", named(String.raw`(?<![\w-])(?:-u|--user|--proxy-user)[ =]?["']?(?!\d+:\d+\b)[^\s:"'/]{1,100}:`)],
  ["%", named(String.raw`(?<![\w-])(?:-U|--user)[ =]?["']?[^\s%"']{1,100}%`)],
  ["net", named(String.raw`\bnet(?:\.exe)?\s+user\s+[^\s/]{1,100}\s+(?![/])`)],
  ["login", named(String.raw`\blogin\s+\S{1,100}\s+password\s+`)],
  ["configure", named(String.raw`\bconfigure\s+set\s+\S{0,60}(?:secret_access_key|session_token)\s+`)],
  ["SecureString", named(String.raw`\bConvertTo-SecureString\s+(?:-String\s+)?(?!-|\$)`)],
  ["chpasswd", new RegExp(String.raw`(?<![^\s:"'])([^\s:"']{1,100}:)([^\s"'|]{1,200})(?=["']?${INTO}chpasswd)`, "g")],
  ["--stdin", new RegExp(String.raw`(\becho\s+(?:-n\s+)?)([^\s|][^\n|]{0,199}?)(?=${INTO}passwd\b)`, "g")],
];

function named(before: string): RegExp {
  return new RegExp(`(${before})(${VALUE})`, "gi");
}

/** Text without the secrets that well-known commands take without a name: `mysql -phunter2`, `curl -u me:hunter2`. */
export function withoutTyped(text: string): string {
  return COMMANDS.reduce(
    (shown, [word, command]) => (shown.includes(word) ? shown.replace(command, `$1${REDACTED}`) : shown),
    text,
  );
}

/** How many words of a command are looked at before one of them, of what length together, and how long that one may be. */
const WORDS_BEFORE = 8;
const MAX_BEFORE = 400;
const MAX_WORD = 500;

/** True for a word of a command, given word by word, that holds such a secret. */
export function isTypedSecret(words: readonly unknown[], at: number): boolean {
  const word = words[at];
  if (typeof word !== "string" || word.length > MAX_WORD) return false;
  let before = "";
  for (let i = at - 1; i >= Math.max(0, at - WORDS_BEFORE); i--) {
    const one = words[i];
    if (typeof one !== "string" || before.length + one.length > MAX_BEFORE) break;
    before = `${one} ${before}`;
  }
  return before !== "" && !withoutTyped(before + word).endsWith(word);
}
