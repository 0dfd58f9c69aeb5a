import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";

/** True where a program of this name is in PATH. To ask the program itself takes some of them seconds. */
export function isInstalled(program: string): boolean {
  return (process.env.PATH ?? "").split(delimiter).some((folder) => existsSync(join(folder, program)));
}
