import type { Attack } from "../../bench/busy-week/attacks/attack.ts";
import { kindOf } from "../../bench/busy-week/kinds.ts";
import { ATTACKS, type WeekOptions } from "../../bench/busy-week/week.ts";
import type { Severity } from "../../lambda/core/rules/severity.ts";
import type { Message } from "./message.ts";
import type { Played, Trace } from "./play.ts";

const MINUTE = 60_000;

/** What a busy week comes to; `--json` prints it as it is. */
export interface Figures extends WeekOptions {
  readonly files: number;
  readonly records: number;
  readonly matches: number;
  readonly learning: Sums;
  readonly quiet: Sums;
  readonly attacked: Sums;
  readonly attacks: readonly Told[];
  /** All that went out in the measured days, with the attacks. */
  readonly messages: readonly Line[];
}

/** Messages of some days. The daily round-up is counted beside the mails; a round-up at any other time is one of them. */
export interface Sums {
  readonly mails: number;
  readonly dailyRoundUps: number;
  readonly texts: number;
  readonly mailsPerDay: number;
  readonly byRule: readonly Count[];
  readonly byKind: readonly Count[];
  readonly noisiest: readonly Noise[];
}

export interface Count {
  readonly name: string;
  readonly mails: number;
}

/** Mails of one rule and one sort of caller, and how one of them is headed. */
export interface Noise extends Count {
  readonly kind: string;
  readonly subject: string;
}

/** How an attack was told. */
export interface Told {
  readonly name: string;
  readonly isTold: boolean;
  /** The rules that its first mail names for it; the mail's severity. */
  readonly rules: readonly string[];
  readonly severity?: Severity;
  /** From the arrival of its first record, and of the first one of what it is about, to the first mail. */
  readonly minutesAfterFirst?: number;
  readonly minutesAfterDeed?: number;
  readonly mails: number;
  readonly texts: number;
}

export interface Line {
  readonly at: string;
  readonly way: Message["way"];
  readonly kind: Message["kind"];
  readonly severity: Severity;
  readonly rule: string;
  readonly subject: string;
  readonly attack: string | null;
}

export function figuresOf(played: Played, options: WeekOptions): Figures {
  const { files, records, matches, learning, quiet, attacked, traces } = played;
  const attackIn = (message: Message) => ATTACKS.find((attack) => tells(message, attack, traces.get(attack.name)));
  return {
    ...options,
    files,
    records,
    matches,
    learning: sumsOf(learning, options.learningDays),
    quiet: sumsOf(quiet, options.days),
    attacked: sumsOf(attacked, options.days),
    attacks: ATTACKS.map((attack) => toldOf(attack, attacked, traces.get(attack.name))),
    messages: attacked.map((message) => ({
      at: new Date(message.at).toISOString(),
      way: message.way,
      kind: message.kind,
      severity: message.severity,
      rule: message.rule,
      subject: message.subject,
      attack: attackIn(message)?.name ?? null,
    })),
  };
}

const isMail = ({ way, isDaily }: Message) => way === "mail" && !isDaily;

function sumsOf(messages: readonly Message[], days: number): Sums {
  const mails = messages.filter(isMail);
  return {
    mails: mails.length,
    dailyRoundUps: messages.filter(({ isDaily }) => isDaily).length,
    texts: messages.filter(({ way }) => way === "text").length,
    mailsPerDay: days === 0 ? 0 : mails.length / days,
    byRule: counted(mails.map(ruleOf)),
    byKind: counted(mails.map(({ actor }) => kindOf(actor))),
    noisiest: noisiestOf(mails),
  };
}

/** A round-up that comes at once is no mail of a rule's own. */
const ruleOf = ({ kind, rule }: Message) => (kind === "round-up" ? `${rule}, in a round-up` : rule);

function counted(names: readonly string[]): readonly Count[] {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return [...counts].map(([name, mails]) => ({ name, mails })).sort((a, b) => b.mails - a.mails);
}

const MOST_NOISES = 10;

function noisiestOf(mails: readonly Message[]): readonly Noise[] {
  const noises = new Map<string, Noise>();
  for (const mail of mails) {
    const [name, kind] = [ruleOf(mail), kindOf(mail.actor)];
    const key = `${name} ${kind}`;
    const known = noises.get(key);
    noises.set(key, { name, kind, subject: known?.subject ?? mail.subject, mails: (known?.mails ?? 0) + 1 });
  }
  return [...noises.values()].sort((a, b) => b.mails - a.mails).slice(0, MOST_NOISES);
}

/** True if a message holds a record of an attack, or names an address that only its people have. */
function tells(message: Message, attack: Attack, trace: Trace | undefined): boolean {
  if (message.kind === "round-up") return false;
  return (
    [...message.records.keys()].some((id) => trace?.records.has(id)) ||
    message.sourceAddresses.some((address) => attack.addresses.includes(address))
  );
}

function toldOf(attack: Attack, messages: readonly Message[], trace: Trace | undefined): Told {
  const telling = messages.filter((message) => tells(message, attack, trace));
  const mails = telling.filter(({ way }) => way === "mail");
  const sums = { name: attack.name, mails: mails.length, texts: telling.length - mails.length };
  const [first] = mails;
  if (first === undefined || trace === undefined) return { ...sums, isTold: false, rules: [] };
  const own = [...first.records].filter(([id]) => trace.records.has(id)).flatMap(([, rules]) => rules);
  const since = (time: number) => Math.round((10 * (first.at - time)) / MINUTE) / 10;
  return {
    ...sums,
    isTold: true,
    rules: own.length > 0 ? [...new Set(own)] : first.rules,
    severity: first.severity,
    minutesAfterFirst: since(trace.first),
    minutesAfterDeed: since(trace.deed),
  };
}
