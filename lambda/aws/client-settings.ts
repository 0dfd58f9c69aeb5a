/**
 * Settings of every client: how long to wait for a connection, for an answer, and for a socket that says nothing, in
 * milliseconds. Without throwOnRequestTimeout the SDK only warns of a request that takes too long, and without
 * socketTimeout an answer that stops in its middle is waited for until the function is ended.
 */
export const CLIENT_SETTINGS = {
  requestHandler: {
    connectionTimeout: 2_000,
    requestTimeout: 5_000,
    socketTimeout: 5_000,
    throwOnRequestTimeout: true,
  },
};

/** S3's checksum of an object is of no use beside gzip's own and TLS's, and in JavaScript it costs a tenth of reading a file. */
export const S3_CLIENT_SETTINGS = { ...CLIENT_SETTINGS, responseChecksumValidation: "WHEN_REQUIRED" } as const;

/** The ledger answers in milliseconds; one that does not must be known as down while there is time to alert without it. */
export const LEDGER_CLIENT_SETTINGS = {
  // The ledger tries again itself (core/store/access.ts), within the time that an invocation has.
  maxAttempts: 1,
  requestHandler: {
    connectionTimeout: 1_000,
    requestTimeout: 3_000,
    socketTimeout: 3_000,
    throwOnRequestTimeout: true,
  },
};
