import { gzipSync } from "node:zlib";
import { recordsOf } from "./rules.ts";

/** Records in one member of a gzip; to make more at once takes too much memory. */
const MEMBER = 20_000;

/** Log files as S3 holds them: so many files of so many records each. */
export function logFilesOf(files: number, records: number): readonly Buffer[] {
  const all = recordsOf(files * Math.min(records, MEMBER)).map((record) => JSON.stringify(record));
  if (records <= MEMBER) {
    return Array.from({ length: files }, (_, i) =>
      gzipSync(`{"Records":[${all.slice(i * records, (i + 1) * records).join(",")}]}`),
    );
  }
  const text = all.join(",");
  const [first, next] = [gzipSync(text), gzipSync(`,${text}`)];
  const members = Array.from({ length: records / MEMBER }, (_, i) => (i === 0 ? first : next));
  return [Buffer.concat([gzipSync('{"Records":['), ...members, gzipSync("]}")])];
}
