import { readFileSync } from "node:fs";

const [, SECTION = ""] =
  /^## The rows of a mail\n([\s\S]*?)^## /m.exec(readFileSync("docs/reading-a-mail.md", "utf8")) ?? [];

/** What the rows of mails are called, as docs/reading-a-mail.md tells them. */
export const ROW_LABELS: readonly string[] = Array.from(
  SECTION.matchAll(/^\| (`.*?) \|/gm),
  ([, head = ""]) => head,
).flatMap((head) => Array.from(head.matchAll(/`([^`]+)`/g), ([, label = ""]) => label));
