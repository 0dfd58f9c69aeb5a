// What is put into the page. Texts of the data are hostile: they go through textContent only.

const FORMAT = new Intl.NumberFormat("en");

/** @param {number} value */
export const number = (value) => FORMAT.format(value);

/** @param {string} id */
export function byId(id) {
  const found = document.getElementById(id);
  if (found === null) throw new Error(`the page lacks ${id}`);
  return found;
}

/**
 * @param {number} count
 * @param {string} noun
 */
export function counted(count, noun) {
  const ending = count === 1 ? "" : noun.endsWith("ch") ? "es" : "s";
  return `${number(count)} ${noun}${ending}`;
}

/**
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {string} [text]
 * @param {string} [className]
 * @returns {HTMLElementTagNameMap[Tag]}
 */
export function element(tag, text, className) {
  const made = document.createElement(tag);
  if (text !== undefined) made.textContent = text;
  if (className !== undefined) made.className = className;
  return made;
}

/** @param {string} severity */
export const severityMark = (severity) => element("span", severity, `severity ${severity}`);

/**
 * @param {string} label
 * @param {readonly (Node | string)[]} content
 */
export function cell(label, ...content) {
  const made = element("td");
  made.dataset.label = label;
  made.append(...content);
  return made;
}
