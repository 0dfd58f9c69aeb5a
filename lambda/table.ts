/** The contract between the stack, which makes the ledger's table, and the functions, which use it. */
export const TABLE = {
  partitionKey: "key",
  /** Seconds since the epoch; DynamoDB deletes items some time later. */
  timeToLive: "expiresAt",
  /** The index that holds only items for which something is due. */
  dueIndex: "due",
  /** Has three values, for what is critical, what is high and the rest: each partition holds what is due, oldest first. */
  dueQueue: "queue",
  /** The queue of what was due and could not be read: nobody takes it from there. */
  parked: "parked",
  /** Milliseconds since the epoch. */
  dueAt: "dueAt",
} as const;
