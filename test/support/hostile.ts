/** Texts that try to pass for something else, wherever they are shown. */
export const HOSTILE: readonly string[] = [
  "line one\nSubject: [CRITICAL] forged",
  "carriage\r\nWho      root user",
  "vertical\u000b\u000c\u0085separators\u2028and\u2029more",
  "right\u202eto left\u2066isolated\u2069",
  "zero\u200bwidth\u200d\ufeff\u00adsoft",
  "tag\u{e0041}\u{e0042} \u180e filler \u3164",
  "\u0000\u0007\u001b[31mred",
  "lone \ud800 surrogate",
  "stacked e\u0301\u0301\u0301\u0301\u0301\u0301",
  "see https://evil.com/login or www.evil.co.uk, mail x@evil.com",
  "evil。com and evil．com and bücher.example",
  'alice, with MFA, long-term key "AKIA"',
  "            Who      root user",
  "x".repeat(20_000),
];
