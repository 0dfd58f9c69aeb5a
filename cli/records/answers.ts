import { type CloudTrailRecord, isObject, valueAt } from "../../lambda/core/record/record.ts";
import { areRecordColumns, type Cell } from "./columns.ts";
import { isOtherDocument, isWholeRecord, keptIn } from "./kept.ts";

/** Lists of documents and of rows: Elasticsearch's, CloudTrail Lake's, Athena's, Splunk's and Logs Insights', Datadog's, Sumo Logic's, a queue's. */
const LISTS = ["hits.hits", "QueryResultRows", "ResultSet.Rows", "results", "data", "messages", "Messages", "rows"];

/** The list that an answer of another tool holds its records in, and its name; undefined for all else. */
export function answerIn(
  value: CloudTrailRecord,
): { readonly elements: readonly unknown[]; readonly list: string } | undefined {
  for (const list of LISTS) {
    const elements = valueAt(value, ...list.split("."));
    if (!Array.isArray(elements)) continue;
    if (list === "ResultSet.Rows") return { elements: rowsOfResultSet(elements), list };
    if (elements.some(isTold)) return { elements, list };
  }
  const [table] = Array.isArray(value.tables) ? value.tables : [value];
  return tableIn(table);
}

/** The cells of a row: objects of one field each (CloudTrail Lake), or of `field` and `value` (Logs Insights). */
export function cellsOf(row: readonly unknown[]): readonly Cell[] | undefined {
  const cells: Cell[] = [];
  for (const cell of row) {
    if (!isObject(cell)) return undefined;
    const [[column, value] = [], ...more] = Object.entries(cell);
    if (typeof cell.field === "string") cells.push([cell.field, cell.value]);
    else if (column !== undefined && more.length === 0) cells.push([column, value]);
    else return undefined;
  }
  return cells.length > 0 ? cells : undefined;
}

/** True for what a list of another tool holds if it holds records. */
function isTold(element: unknown): boolean {
  if (Array.isArray(element)) return cellsOf(element) !== undefined;
  return isObject(element) && (isWholeRecord(element) || isOtherDocument(element) || keptIn(element).length > 0);
}

/** Athena's rows, of which the first one names the columns. */
function rowsOfResultSet(rows: readonly unknown[]): readonly unknown[] {
  const [columns = [], ...cells] = rows.map((row) => {
    const data = valueAt(row, "Data");
    return Array.isArray(data) ? data.map((cell) => valueAt(cell, "VarCharValue")) : [];
  });
  return cells.map((row) => rowOf(columns, row));
}

/** A table whose columns are named once: Azure Monitor's, and OpenSearch's and Elasticsearch's for SQL. */
function tableIn(table: unknown): { readonly elements: readonly unknown[]; readonly list: string } | undefined {
  const columns = valueAt(table, "columns") ?? valueAt(table, "schema");
  const rows = valueAt(table, "rows") ?? valueAt(table, "datarows");
  if (!Array.isArray(columns) || !Array.isArray(rows)) return undefined;
  const names = columns.map((column) => String(valueAt(column, "name") ?? column));
  if (!areRecordColumns(names)) return undefined;
  return { elements: rows.map((row) => rowOf(names, Array.isArray(row) ? row : [])), list: "rows" };
}

function rowOf(columns: readonly unknown[], cells: readonly unknown[]): CloudTrailRecord {
  return Object.fromEntries(cells.map((value, i) => [String(columns[i]), value]));
}
