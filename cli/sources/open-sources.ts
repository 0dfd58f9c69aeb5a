import type { DeskFile } from "../records/desk-file.ts";
import { UsageError } from "../usage.ts";
import { localSource } from "./local-source.ts";
import { ResumePoint } from "./resume-point.ts";
import { s3LocationOf } from "./s3-location.ts";
import type { Source } from "./source.ts";
import type { Window } from "./trail-walk.ts";

/** What a command line names as inputs. */
export interface Inputs {
  readonly paths: readonly string[];
  readonly eventHistory: boolean;
  readonly regions?: string | undefined;
  readonly after?: string | undefined;
}

/**
 * Opens everything that a command line names, as one row of files. `fault` hears of files that are not there, `note` of what
 * a person should know.
 * @throws UsageError, SourceError
 */
export async function openSources(
  { paths, eventHistory, regions, after }: Inputs,
  window: Window,
  fault: (text: string) => void,
  note: (text: string) => void,
): Promise<Source> {
  const resumePoint = new ResumePoint(after);
  const sources: Source[] = [];
  for (const path of paths) {
    if (!path.startsWith("s3://")) {
      sources.push(localSource(path, resumePoint, fault));
      continue;
    }
    const location = s3LocationOf(path);
    if (location === undefined) throw new UsageError(`${path}: write s3://bucket or s3://bucket/prefix`);
    const { s3Source } = await import("./s3-source.ts");
    sources.push(await s3Source(location, window, resumePoint));
  }
  if (eventHistory) {
    const { historySource } = await import("./history-source.ts");
    sources.push(await historySource(regions, window, resumePoint, note));
  }
  async function* files(): AsyncGenerator<DeskFile, void, undefined> {
    for (const source of sources) yield* source.files;
    resumePoint.end();
  }
  return {
    files: files(),
    sample: sources.flatMap(({ sample }) => sample),
    known() {
      const known = sources.map((source) => source.known());
      const sumOf = (of: "files" | "bytes") =>
        known.reduce<number | undefined>(
          (sum, { [of]: one }) => (sum === undefined || one === undefined ? undefined : sum + one),
          0,
        );
      const [count, bytes] = [sumOf("files"), sumOf("bytes")];
      const doing = known.find((one) => one.doing !== undefined)?.doing;
      return {
        ...(count !== undefined && { files: count }),
        ...(bytes !== undefined && { bytes }),
        ...(doing !== undefined && { doing }),
      };
    },
  };
}
