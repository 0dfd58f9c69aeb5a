/** The settings that a test deploys with unless it says otherwise. */
export const SETTINGS = { source: "new-trail", emails: "you@example.com" };
