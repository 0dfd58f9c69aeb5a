import { readFileSync } from "node:fs";
import { inflateRawSync } from "node:zlib";

/** A file within a wheel. */
export interface WheelFile {
  readonly path: string;
  /** The day on which it was last changed, `2026-10-01`. */
  readonly day: string;
  readonly read: () => Buffer;
}

const CENTRAL = Buffer.from("PK\x01\x02", "latin1");
const END = Buffer.from("PK\x05\x06", "latin1");
const [STORED, DEFLATED] = [0, 8];

/**
 * The files of a Python wheel, which is a zip file. Zip64 and encryption are not supported; no wheel needs them.
 * Source: PKWARE's APPNOTE, 4.3 "General Format of a .ZIP file"; PEP 427.
 * @throws Error for a file that is no zip file
 */
export function wheelFiles(wheel: string): readonly WheelFile[] {
  const zip = readFileSync(wheel);
  const end = zip.lastIndexOf(END);
  if (end === -1) throw new Error(`${wheel} is not a wheel: the end of a zip file is missing`);
  const found: WheelFile[] = [];
  for (let at = zip.readUInt32LE(end + 16); zip.subarray(at, at + 4).equals(CENTRAL); ) {
    const [path = 0, extra = 0, comment = 0] = [28, 30, 32].map((offset) => zip.readUInt16LE(at + offset));
    found.push(fileAt(zip, at, zip.toString("utf8", at + 46, at + 46 + path)));
    at += 46 + path + extra + comment;
  }
  return found;
}

/** The file to which an entry of the central directory points, by the entry's offset. */
function fileAt(zip: Buffer, at: number, path: string): WheelFile {
  const method = zip.readUInt16LE(at + 10);
  const [packed, header] = [zip.readUInt32LE(at + 20), zip.readUInt32LE(at + 42)];
  return {
    path,
    day: dayOf(zip.readUInt16LE(at + 14)),
    read() {
      const from = header + 30 + zip.readUInt16LE(header + 26) + zip.readUInt16LE(header + 28);
      const content = zip.subarray(from, from + packed);
      if (method === STORED) return content;
      if (method === DEFLATED) return inflateRawSync(content);
      throw new Error(`${path}: compression method ${method} is not supported`);
    },
  };
}

/** An MS-DOS date: years since 1980, month and day in 7, 4 and 5 bits. */
function dayOf(date: number): string {
  const [year, month, day] = [1980 + (date >> 9), (date >> 5) & 15, date & 31];
  return `${year}-${String(month).padStart(2, "0")}-${String(day).padStart(2, "0")}`;
}
