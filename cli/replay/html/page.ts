import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { PACKAGE } from "../../../lib/package-folder.ts";
import type { PageData } from "./data.ts";

/** What a page begins with; a file that begins otherwise is somebody else's, and is not overwritten. */
export const PAGE_START = "<!doctype html>\n<!-- Made by Trailbell's replay";

/** Styles, markup and scripts of the page. */
export interface PageParts {
  readonly styles: readonly string[];
  readonly body: string;
  /** The charting library's, and our own, which is a module. */
  readonly library: string;
  readonly script: string;
}

/** Where the package has the parts as JSON; a checkout has them in its source and in node_modules. */
export const SHIPPED_PARTS = "dist/replay-page.json";

/** Reads what the page is made of. */
export function pageParts(): PageParts {
  const sources = join(PACKAGE, "cli/replay/html/browser");
  if (!existsSync(sources)) return JSON.parse(readFileSync(join(PACKAGE, SHIPPED_PARTS), "utf8")) as PageParts;
  const chart = dirname(createRequire(join(PACKAGE, "package.json")).resolve("uplot/package.json"));
  const text = (folder: string, name: string) => readFileSync(join(folder, name), "utf8");
  return {
    styles: [text(chart, "dist/uPlot.min.css"), text(sources, "page.css")],
    body: text(sources, "page.html"),
    library: `/*\n${text(chart, "LICENSE").trim()}\n*/\n${text(chart, "dist/uPlot.iife.min.js")}`,
    script: joined(["dom.js", "detail.js", "chart.js", "page.js"].map((name) => text(sources, name))),
  };
}

/** Modules as one: each stands below those that it imports, and no two declare the same name. */
function joined(modules: readonly string[]): string {
  return modules
    .map((text) => text.replace(/^import .*\n/gm, "").replace(/^export (?=const|function)/gm, ""))
    .join("\n");
}

/**
 * The page, with all that it needs in it. Nothing in the data can become markup: it stands in it as JSON without `<`, `>`
 * and `&`, the script shows it as text only, and the browser is told to run these scripts and no others.
 */
export function renderPage(data: PageData, parts: PageParts): string {
  const { styles, body, library, script } = parts;
  const scripts = [library, script];
  for (const text of [...scripts, ...styles]) {
    if (/<\/(?:script|style)|<!--/i.test(text)) throw new Error("a script of the page would end before its end");
  }
  const policy = [
    "default-src 'none'",
    `script-src ${scripts.map(hashOf).join(" ")}`,
    `style-src ${styles.map(hashOf).join(" ")}`,
    "img-src data:",
    "base-uri 'none'",
    "form-action 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join("; ");
  const { chart, ...shown } = data;
  return `${PAGE_START} -->
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<meta name="color-scheme" content="light dark">
<title>What would have rung</title>
${styles.map((text) => `<style>${text}</style>`).join("\n")}
</head>
<body>
<noscript>This page needs its own scripts, which are in it. It loads none.</noscript>
${body.trim()}
<script type="application/json" id="data">${scriptJson(shown)}</script>
<script type="application/json" id="chart-data">${scriptJson({ ...chart, severities: data.severities })}</script>
<script>${library}</script>
<script type="module">${script}</script>
</body>
</html>
`;
}

/** JSON that no browser takes for markup, wherever in a script it stands. */
export function scriptJson(value: unknown): string {
  return JSON.stringify(value).replace(
    /[<>&\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

function hashOf(text: string): string {
  return `'sha256-${createHash("sha256").update(text).digest("base64")}'`;
}
