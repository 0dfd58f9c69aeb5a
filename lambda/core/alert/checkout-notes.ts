/** Where the commands and pages that a mail names are to be found: who reads it at night may not know. */
export function checkoutNotes(text: string): readonly string[] {
  const named = ["npm run", "npx cdk"].filter((command) => text.includes(`${command} `));
  const [page] = /\bdocs\/[\w-]+\.md\b/.exec(text) ?? [];
  return [
    ...(named.length === 0 ? [] : [`(${named.join(" and ")}: to be typed in the Trailbell checkout)`]),
    ...(page === undefined ? [] : [`(${page} lies in the Trailbell checkout, and in node_modules/trailbell)`]),
  ];
}
