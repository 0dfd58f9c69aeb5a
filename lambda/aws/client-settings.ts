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
