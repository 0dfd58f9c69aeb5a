import type { Summarized } from "../summary.ts";
import { type PageNotes, pageData } from "./data.ts";
import { writePage } from "./file.ts";
import { pageParts, renderPage } from "./page.ts";

/** Writes the page of a replay. */
export function makePage(file: string, summarized: Summarized, notes: PageNotes): void {
  writePage(file, renderPage(pageData(summarized, notes), pageParts()));
}
