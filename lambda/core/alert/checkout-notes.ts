/** Where the commands and pages that a mail names are to be found: who reads it at night may not know. */
export function checkoutNotes(text: string): readonly string[] {
  const [page] = /\bdocs\/[\w-]+\.md\b/.exec(text) ?? [];
  return [
    ...(/\b(?:npm run|npx cdk) /.test(text) ? ["(npm and npx: type them in the Trailbell checkout)"] : []),
    ...(page === undefined ? [] : [`(${page} lies in the Trailbell checkout, and in node_modules/trailbell)`]),
  ];
}
