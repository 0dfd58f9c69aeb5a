/** A reporter of jest that names the suites to look at when the tests are slow. */
// biome-ignore lint/style/noDefaultExport: jest wants it
export default class Slowest {
  onRunComplete(_, { testResults }) {
    const slowest = testResults
      .map(({ testFilePath, perfStats: { start, end } }) => ({ testFilePath, seconds: (end - start) / 1000 }))
      .sort((a, b) => b.seconds - a.seconds)
      .slice(0, 5)
      .map(({ testFilePath, seconds }) => `${seconds.toFixed(1)} s  ${testFilePath.replace(/^.*\/(?=test\/)/, "")}\n`);
    process.stderr.write(`\nslowest:\n${slowest.join("")}`);
  }
}
