import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The project's folder, which holds what commands find without being told. */
export const PROJECT = projectAbove(dirname(fileURLToPath(import.meta.url)));

/** The nearest folder with a package.json: this file may be compiled, and lie elsewhere then. */
function projectAbove(folder: string): string {
  const above = dirname(folder);
  return existsSync(join(folder, "package.json")) || above === folder ? folder : projectAbove(above);
}
