/**
 * Settings of every client: how long to wait for a connection and for an answer, in milliseconds. Without
 * throwOnRequestTimeout the SDK only warns of a request that takes too long.
 */
export const CLIENT_SETTINGS = {
  requestHandler: { connectionTimeout: 3_000, requestTimeout: 20_000, throwOnRequestTimeout: true },
};
