import swc from "@swc/jest";

/** In jest's sandbox each look at a global is a call out of the engine; as constants of a module they are as quick as anywhere. */
const GLOBALS = "const { Array, Buffer, JSON, Map, Math, Number, Object, Set, String } = globalThis;";

// biome-ignore lint/style/noDefaultExport: jest wants it
export default {
  createTransformer(options) {
    const transformer = swc.createTransformer(options);
    const withGlobals = ({ code, ...rest }) => ({ ...rest, code: GLOBALS + code });
    return {
      ...transformer,
      process: (...args) => withGlobals(transformer.process(...args)),
      processAsync: async (...args) => withGlobals(await transformer.processAsync(...args)),
      getCacheKey: (...args) => `${transformer.getCacheKey(...args)}${GLOBALS.length}`,
    };
  },
};
