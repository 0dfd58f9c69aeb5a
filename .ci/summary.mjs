// Prints what was skipped and why (the reason stands in the test's name), then the totals.
import { readFileSync } from "node:fs";

const { testResults, numPassedTests, numFailedTests, numPendingTests } = JSON.parse(
  readFileSync(process.argv[2], "utf8"),
);
for (const { assertionResults } of testResults) {
  for (const { status, fullName } of assertionResults) if (status === "pending") console.log(`skipped: ${fullName}`);
}
console.log(`${numPassedTests} passed, ${numFailedTests} failed, ${numPendingTests} skipped`);
