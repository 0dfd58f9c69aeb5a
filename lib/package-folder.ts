import { fileURLToPath } from "node:url";

/**
 * The folder of this checkout or of the installed package: where rules/, events/ and package.json are. Whatever holds this
 * module stands one folder below: lib/ here, dist/ in the package.
 */
export const PACKAGE = fileURLToPath(new URL("..", import.meta.url));
