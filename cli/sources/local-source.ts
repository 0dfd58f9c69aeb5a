import { sampleOr } from "../here.ts";
import { inputsOf } from "../records/inputs.ts";
import type { ResumePoint } from "./resume-point.ts";
import type { Source } from "./source.ts";

/** A file or folder on this machine; `fault` hears if it is not there. */
export function localSource(path: string, resumePoint: ResumePoint, fault: (text: string) => void): Source {
  const inputs = inputsOf([sampleOr(path)]);
  for (const text of inputs.faults) fault(text);
  const files = inputs.files.filter(({ name }) => !resumePoint.isBehind(name));
  const bytes = files.reduce((sum, { size = 0 }) => sum + size, 0);
  return { files, sample: files, known: () => ({ files: files.length, bytes }) };
}
