import type { Figures, Sums, Told } from "./figures.ts";

/** The figures for people. */
export function printed(figures: Figures): string {
  const { seed, days, learningDays, share, records, files, matches, learning, quiet, attacked, attacks } = figures;
  const added = attacked.mails - quiet.mails;
  return [
    `busy week: seed ${seed}, ${days} days after ${learningDays} of learning, ${round(100 * share)} % of what machines repeat`,
    `read: ${records} records in ${files} log files (${round(records / days)} records a day), ${matches} matches`,
    ...(learningDays > 0 ? [`while learning: ${perDay(learning)}`] : []),
    `without attacks: ${perDay(quiet)}`,
    `with attacks: ${perDay(attacked)}; ${added} mails more`,
    "",
    "mails without attacks, by the worst rule",
    ...table(quiet.byRule),
    "",
    "by caller",
    ...table(quiet.byKind),
    "",
    "the noisiest, each with the subject of its first mail",
    ...quiet.noisiest.map(({ mails, name, kind, subject }) => `${column(mails)}  ${name} (${kind}): ${subject}`),
    "",
    `attacks: ${attacks.filter(({ isTold }) => isTold).length} of ${attacks.length} told`,
    ...attacks.map(attackText),
    "",
  ].join("\n");
}

function perDay({ mails, dailyRoundUps, texts, mailsPerDay }: Sums): string {
  return `${mailsPerDay.toFixed(1)} mails a day (${mails} in all), ${dailyRoundUps} daily round-ups, ${texts} text messages`;
}

const round = (value: number) => Math.round(value).toString();
const column = (value: number) => String(value).padStart(5);

function table(counts: Sums["byRule"]): readonly string[] {
  return counts.map(({ name, mails }) => `${column(mails)}  ${name}`);
}

function attackText({
  name,
  isTold,
  rules,
  severity,
  minutesAfterFirst,
  minutesAfterDeed,
  mails,
  texts,
}: Told): string {
  if (!isTold) return `✗ ${name}: not told`;
  const when = `${minutesAfterFirst?.toFixed(1)} min after its first record, ${minutesAfterDeed?.toFixed(1)} min after its deed`;
  return `✓ ${name}: ${when}, ${severity}, by ${rules.join(", ")}; ${mails} mails, ${texts} text messages`;
}
