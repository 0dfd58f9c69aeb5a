import { build } from "esbuild";

/** Builds the commands once: tests start them some eighty times, and tsx would take half a second each time. */
// biome-ignore lint/style/noDefaultExport: jest wants it
export default async function globalSetup() {
  await build({
    entryPoints: ["cli/*.ts"],
    // One folder below the project's, like cli/, for commands find the project by where they stand.
    outdir: ".commands",
    outExtension: { ".js": ".mjs" },
    bundle: true,
    splitting: true,
    packages: "external",
    format: "esm",
    platform: "node",
    logLevel: "error",
  });
}
