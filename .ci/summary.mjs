// Prints what was skipped and why (the reason stands in the test's name), then the totals of all reports given.
import { readFileSync } from "node:fs";

const reports = process.argv.slice(2).map((file) => JSON.parse(readFileSync(file, "utf8")));
for (const { assertionResults } of reports.flatMap(({ testResults }) => testResults)) {
  for (const { status, fullName } of assertionResults) if (status === "pending") console.log(`skipped: ${fullName}`);
}
const total = (count) => reports.reduce((sum, report) => sum + report[count], 0);
console.log(
  `${total("numPassedTests")} passed, ${total("numFailedTests")} failed, ${total("numPendingTests")} skipped`,
);
