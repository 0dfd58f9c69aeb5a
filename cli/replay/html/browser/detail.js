import { cell, counted, element } from "./dom.js";

/** @typedef {import("../data.ts").PageData["alerts"][number]} ShownAlert */

/** @param {ShownAlert} alert */
export function detail(alert) {
  const made = element("tr", undefined, "detail");
  const content = cell("");
  content.className = "detail";
  content.colSpan = 6;
  // The row shows the first of each only, and an actor in short.
  content.append(element("h3", counted(alert.rules.length, "rule")), element("p", alert.rules.join(", ")));
  if (alert.actors.length > 0) {
    content.append(element("h3", counted(alert.actors.length, "actor")), element("p", alert.actors.join(", ")));
  }
  content.append(
    element("h3", `The mail (${alert.kind} ${alert.id})`),
    element("pre", `Subject: ${alert.subject}\n\n${alert.email}`),
  );
  if (alert.sms !== undefined) content.append(element("h3", "The text message"), element("pre", alert.sms));
  content.append(
    element("h3", alert.records.length === 0 ? "It carries no records" : counted(alert.records.length, "record")),
  );
  content.append(...alert.records.map(recordDetail));
  made.append(content);
  return made;
}

/** @param {unknown} kept */
function recordDetail(kept) {
  const { source, record } = /** @type {{ source?: unknown, record?: { [field: string]: unknown } }} */ (kept);
  const title = ["eventTime", "eventSource", "eventName", "sourceIPAddress"].map((field) =>
    unseen(String(record?.[field] ?? "")),
  );
  const made = element("details");
  made.append(
    element("summary", title.filter(Boolean).join("  ")),
    element("p", unseen(String(source ?? "")), "others"),
  );
  // Written only when it is opened: there may be thousands.
  made.addEventListener("toggle", () => made.append(element("pre", unseen(JSON.stringify(record, null, 2)))), {
    once: true,
  });
  return made;
}

/**
 * Characters that are invisible or turn text around, as JSON writes them.
 * @param {string} text
 */
function unseen(text) {
  return text.replace(/[\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu, (character) =>
    character === "\n" ? character : escapes(character),
  );
}

/** @param {string} character */
function escapes(character) {
  return Array.from(
    { length: character.length },
    (_, i) => `\\u${character.charCodeAt(i).toString(16).padStart(4, "0")}`,
  ).join("");
}
