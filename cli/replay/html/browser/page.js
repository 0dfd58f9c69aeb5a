// The filters and the table.

import { detail } from "./detail.js";
import { byId, cell, counted, element, number, severityMark } from "./dom.js";

/** @typedef {import("../data.ts").PageData} PageData */
/** @typedef {PageData["alerts"][number]} Alert */
/** @typedef {"severities" | "rules" | "actors" | "accounts"} Choice */

const PAGE = 200;
const MAX_OPTIONS = 500;

/** @type {PageData} */
const data = JSON.parse(byId("data").textContent ?? "");

/** What each filter looks at. @type {{ [C in Choice]: (alert: Alert) => readonly string[] }} */
const VALUES = {
  severities: ({ severity }) => [severity],
  rules: ({ rules }) => rules,
  actors: ({ actors }) => actors,
  accounts: ({ accounts }) => accounts,
};
const CHOICES = /** @type {Choice[]} */ (Object.keys(VALUES));

function showHead() {
  const { mails, texts, matches, records, files, madeAt, notes, left } = data;
  byId("figures").textContent =
    `${counted(mails, "mail")} and ${counted(texts, "text message")}; ${counted(matches, "match")} in ${counted(records, "record")} of ${counted(files, "file")}. Made ${madeAt.slice(0, 16).replace("T", " ")} UTC.`;
  const others = data.severities.flatMap((severity) =>
    left[severity] ? [`${number(left[severity])} ${severity}`] : [],
  );
  const omitted = `Not all alerts fit here: the gravest ${number(data.alerts.length)} are shown; ${others.join(", ")} are counted and drawn only. Narrow the time to see them.`;
  byId("notes").append(...[...notes, ...(others.length > 0 ? [omitted] : [])].map((note) => element("li", note)));
}

function fillFilters() {
  /** @type {readonly string[]} */
  const ranks = data.severities;
  for (const choice of CHOICES) {
    /** @type {Map<string, number>} */
    const counts = new Map();
    for (const alert of data.alerts)
      for (const value of VALUES[choice](alert)) counts.set(value, (counts.get(value) ?? 0) + 1);
    const sorted = [...counts].sort(([a, m], [b, n]) =>
      choice === "severities" ? ranks.indexOf(a) - ranks.indexOf(b) : n - m || a.localeCompare(b),
    );
    const select = selectOf(choice);
    select.append(
      option("", "all"),
      ...sorted.slice(0, MAX_OPTIONS).map(([value, count]) => option(value, `${value} (${number(count)})`)),
    );
    if (sorted.length > MAX_OPTIONS) {
      const rest = option("", `and ${number(sorted.length - MAX_OPTIONS)} more: search for them`);
      rest.disabled = true;
      select.append(rest);
    }
  }
}

/**
 * @param {string} value
 * @param {string} text
 */
function option(value, text) {
  const made = element("option", text);
  made.value = value;
  return made;
}

/** @param {Choice} choice */
function selectOf(choice) {
  return /** @type {HTMLSelectElement} */ (document.querySelector(`select[name="${choice}"]`));
}

/** What the search looks through: made while nothing else is to do, or when it is needed. @type {WeakMap<Alert, string>} */
const searched = new WeakMap();

/** @param {Alert} alert */
function searchText(alert) {
  const known = searched.get(alert);
  if (known !== undefined) return known;
  const made = JSON.stringify([
    alert.id,
    alert.subject,
    alert.rules,
    alert.actors,
    alert.accounts,
    alert.email,
    alert.records,
  ])
    .replaceAll("\\n", " ")
    .toLowerCase();
  searched.set(alert, made);
  return made;
}

/** A slice of the texts at a time, so that the page answers meanwhile. */
function prepareSearch(from = 0) {
  const end = performance.now() + 10;
  let next = from;
  for (; next < data.alerts.length && performance.now() < end; next++)
    searchText(/** @type {Alert} */ (data.alerts[next]));
  if (next < data.alerts.length) setTimeout(() => prepareSearch(next), 10);
}

/** @type {readonly Alert[]} */
let found = [];
let shown = 0;

function filter() {
  const search = /** @type {HTMLInputElement} */ (document.querySelector('input[name="text"]'));
  const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
  const wanted = CHOICES.map((choice) => /** @type {const} */ ([choice, selectOf(choice).value]));
  found = data.alerts.filter(
    (alert) =>
      wanted.every(([choice, value]) => value === "" || VALUES[choice](alert).includes(value)) &&
      words.every((word) => searchText(alert).includes(word)),
  );
  byId("rows").replaceChildren();
  shown = 0;
  const all = data.alerts.length;
  byId("count").textContent =
    all === 0
      ? "Nothing would have been sent."
      : found.length === all
        ? counted(all, "alert")
        : `${number(found.length)} of ${counted(all, "alert")}`;
  showMore();
}

function showMore() {
  byId("rows").append(...found.slice(shown, shown + PAGE).map(row));
  shown = Math.min(shown + PAGE, found.length);
  const more = byId("more");
  more.hidden = shown === found.length;
  more.textContent = `Show ${number(Math.min(PAGE, found.length - shown))} more`;
}

/** @param {Alert} alert */
function row(alert) {
  const made = element("tr", undefined, "alert");
  const button = element("button", alert.subject.replace(/^\[[A-Z]+\] /, ""));
  button.type = "button";
  button.setAttribute("aria-expanded", "false");
  /** @type {HTMLTableRowElement | undefined} */
  let opened;
  made.addEventListener("click", ({ target }) => {
    // Who marks text to copy it does not mean to open or close.
    if (target !== button && String(getSelection()) !== "") return;
    if (opened === undefined) {
      opened = detail(alert);
      made.after(opened);
    } else {
      opened.remove();
      opened = undefined;
    }
    button.setAttribute("aria-expanded", String(opened !== undefined));
    made.classList.toggle("open", opened !== undefined);
  });
  made.append(
    cell(
      "Sent",
      element("span", alert.sentAt.slice(0, 10), "time"),
      " ",
      element("span", alert.sentAt.slice(11, 16), "time"),
    ),
    cell("Severity", severityMark(alert.severity)),
    cell("Subject", button),
    cell("Rules", ...several(alert.rules)),
    cell("Actor", ...several(alert.actors, (actor) => actor.replace(/^arn:[^:]*:[^:]*:[^:]*:\d*:/, ""))),
    cell("Account", ...several(alert.accounts)),
  );
  return made;
}

/**
 * The first of the values, and how many others there are; all of them where the pointer rests.
 * @param {readonly string[]} values
 */
function several(values, short = (/** @type {string} */ value) => value) {
  if (values.length === 0) return [];
  const first = element("bdi", short(values[0] ?? ""));
  first.title = values.slice(0, 30).join("\n");
  return values.length === 1 ? [first] : [first, element("span", ` and ${values.length - 1} more`, "others")];
}

showHead();
fillFilters();
filter();
const form = /** @type {HTMLFormElement} */ (byId("filters"));
/** @type {ReturnType<typeof setTimeout> | undefined} */
let waiting;
form.addEventListener("input", ({ target }) => {
  clearTimeout(waiting);
  // Who types goes on typing.
  waiting = setTimeout(filter, target instanceof HTMLInputElement ? 150 : 0);
});
form.addEventListener("submit", (event) => event.preventDefault());
// The fields are empty only after this event.
form.addEventListener("reset", () => setTimeout(filter));
byId("more").addEventListener("click", showMore);
prepareSearch();
