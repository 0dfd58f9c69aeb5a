import type { DeskFile } from "../records/desk-file.ts";

/** Where a command's files come from. */
export interface Source {
  readonly files: Iterable<DeskFile> | AsyncIterable<DeskFile>;
  /** Some of the files that will come, to judge how much there is to do. */
  readonly sample: readonly Pick<DeskFile, "name" | "size">[];
  /** How many files there are and their bytes, as far as that is known by now. */
  known(): { readonly files?: number; readonly bytes?: number; readonly doing?: string };
  /** A file is read, and its content no longer needed. */
  release?(file: DeskFile): void;
}

/** What ends a reading before its time, though not by the reader's wish: credentials that expired, a bucket that is not there. */
export class SourceError extends Error {
  override readonly name = "SourceError";
}
