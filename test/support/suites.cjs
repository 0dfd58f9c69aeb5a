const { readdirSync } = require("node:fs");
const { join, relative, sep } = require("node:path");
const { pathToFileURL } = require("node:url");

/** One folder below the project's, like lib/ and cli/, for modules find the project by where they stand. */
const FOLDER = ".suites";

/** The name of a suite as it was built, without an extension. */
const nameOf = (suite) => suite.replace(/\.ts$/, "").replaceAll(sep, "-");

let maps;

module.exports = {
  FOLDER,
  nameOf,
  /** Where a suite stands as it was built. */
  builtSuite: (root, path) => join(root, FOLDER, `${nameOf(relative(root, path))}.mjs`),
  /** By what is built, its source map: errors are told with the places in the sources. */
  sourceMaps(root) {
    maps ??= new Map(
      readdirSync(join(root, FOLDER))
        .filter((name) => name.endsWith(".mjs"))
        .map((name) => join(root, FOLDER, name))
        .map((path) => [pathToFileURL(path).href, `${path}.map`]),
    );
    return maps;
  },
};
