import { z } from "zod";

/** An https address to which SNS posts, such as a pager's. */
export const endpoint = z.string().superRefine((text, { addIssue }) => {
  const message = faultOf(text);
  // Without its input, which may hold a key, and which a message would quote.
  if (message !== undefined) addIssue({ code: "custom", message, input: undefined });
});

function faultOf(text: string): string | undefined {
  if (!/^https:\/\/\S+$/.test(text) || !URL.canParse(text)) {
    return "an endpoint is written like https://pager.example.com/integration/KEY";
  }
  const { username, password } = new URL(text);
  // SNS lists a password as ****, so that nobody could tell whose subscription it is.
  return username + password === "" ? undefined : "an endpoint has neither a user name nor a password before its host";
}
