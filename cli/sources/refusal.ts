/** AWS's names for credentials that were good once. */
const EXPIRED = new Set([
  "ExpiredToken",
  "ExpiredTokenException",
  "RequestExpired",
  "TokenRefreshRequired",
  "InvalidToken",
  "ExpiredTokenError",
]);
const UNKNOWN = new Set([
  "InvalidAccessKeyId",
  "SignatureDoesNotMatch",
  "UnrecognizedClientException",
  "InvalidClientTokenId",
]);

/** What AWS, or the way to it, refused: in words, with what to do; `isFinal` says that it will refuse the next call as well. */
export interface Refusal {
  readonly text: string;
  readonly isFinal: boolean;
}

/** Puts an error of the SDK into words. `needs` names the permission that the call takes. */
export function refusalOf(error: unknown, needs: string): Refusal {
  const { name, message } = error instanceof Error ? error : new Error(String(error));
  if (
    EXPIRED.has(name) ||
    (name === "CredentialsProviderError" && /expired|refresh/i.test(message)) ||
    /SSO.*(?:expired|invalid)/i.test(message)
  ) {
    return {
      text: `your AWS credentials have expired (${name}): sign in again, for instance with aws sso login`,
      isFinal: true,
    };
  }
  if (name === "CredentialsProviderError" || name === "TokenProviderError") {
    const text = `there are no AWS credentials here (${message}): sign in with aws sso login, or set AWS_PROFILE or --profile`;
    return { text, isFinal: true };
  }
  if (UNKNOWN.has(name)) return { text: `AWS does not know your credentials (${name}): ${message}`, isFinal: true };
  if (name === "NoSuchBucket") return { text: "there is no such bucket", isFinal: true };
  if (name === "AccessDenied" || name === "AccessDeniedException" || name === "Forbidden" || name === "403") {
    return { text: `${name}: you need ${needs}`, isFinal: false };
  }
  if (name === "InvalidObjectState") return { text: "it is archived: restore it first", isFinal: false };
  return { text: `${name}: ${message}`, isFinal: false };
}
