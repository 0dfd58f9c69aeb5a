// Compiles the scanner and writes module.ts (npm run build:scanner), or only says whether that is in step (--check).
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import asc from "assemblyscript/asc";

const HERE = fileURLToPath(new URL(".", import.meta.url));
const MODULE = fileURLToPath(new URL("../module.ts", import.meta.url));
const OPTIONS = ["-O3", "--converge", "--noAssert", "--runtime", "stub", "--enable", "simd"];

const text = textOf(await compiled());
if (!process.argv.includes("--check")) {
  writeFileSync(MODULE, text);
} else if (readFileSync(MODULE, "utf8") !== text) {
  console.error("module.ts is not what assembly/ compiles to: npm run build:scanner");
  process.exitCode = 1;
}

async function compiled() {
  let binary;
  const { error, stderr } = await asc.main(["scanner.ts", "--baseDir", HERE, ...OPTIONS, "--outFile", "scanner.wasm"], {
    writeFile: (_, contents) => {
      binary = contents;
    },
  });
  const messages = stderr.toString();
  if (error || messages !== "") throw new Error(messages, { cause: error });
  return binary;
}

function textOf(binary) {
  const lines = Buffer.from(binary)
    .toString("base64")
    .match(/.{1,110}/g)
    .map((line) => `  "${line}"`);
  return `// Made by npm run build:scanner from assembly/.
/** The scanner in WebAssembly, as base64. */
export const MODULE =
${lines.join(" +\n")};
`;
}
