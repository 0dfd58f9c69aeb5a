// Compiles the scanner and writes it to module.ts: npm run build:scanner
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import asc from "assemblyscript/asc";

const HERE = fileURLToPath(new URL(".", import.meta.url));

/** What module.ts has to hold. */
export async function scannerModule() {
  let binary;
  const { error, stderr } = await asc.main(
    [
      "scanner.ts",
      "--baseDir",
      HERE,
      "-O3",
      "--converge",
      "--noAssert",
      "--runtime",
      "stub",
      "--enable",
      "simd",
      "--outFile",
      "scanner.wasm",
    ],
    {
      writeFile: (_, contents) => {
        binary = contents;
      },
    },
  );
  const messages = stderr.toString();
  if (error || messages !== "") throw new Error(messages, { cause: error });
  const lines = Buffer.from(binary)
    .toString("base64")
    .match(/.{1,110}/g)
    .map((line) => `  "${line}"`);
  return [
    "// Made by npm run build:scanner from assembly/.",
    "/** The scanner in WebAssembly, as base64. */",
    `export const MODULE =\n${lines.join(" +\n")};`,
    "",
  ].join("\n");
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  writeFileSync(fileURLToPath(new URL("../module.ts", import.meta.url)), await scannerModule());
}
