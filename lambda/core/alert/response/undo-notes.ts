/** What to know about commands of the table that undoes calls, by the names that it has for them: a command's name stands before each. */
export const NOTES: { readonly [name: string]: string } = {
  policy: "this takes the whole policy away; the one before is not in the record.",
  selectors: "this records all management events again. Data events that the trail recorded have to be added.",
  sent: "accepted is all that the call says: it may have run by now, and nothing takes that back.",
  user: "this stops all that the new user has, keys and password alike; delete-user-policy lets it go on.",
  role: "this stops all that the new role may do, until delete-role-policy lets it go on.",
  trust:
    "this stops whoever uses the role, your own programs too, until its trust is mended and delete-role-policy lets it go on.",
  bin: "works only if a Recycle Bin retention rule covered it.",
  made: "deletes it even if it was there before the call, which succeeds then too.",
  password: "this takes the password away, so that nobody signs in with it.",
  replication: "this takes all replication of the bucket away; what it had before is not in the record.",
  idle: "the function stays but does not run; delete-function-concurrency lets it run again.",
  stopped:
    "the function does not run at all then, until you type delete-function-concurrency; what was reserved for it before is lost.",
  layers: "this takes off all layers, yours too; the list before is not in the record.",
  querylog: "the new one logs nothing until associate-resolver-query-log-config gives it its VPCs again.",
  retention: "from then on the log group keeps everything.",
  lifecycle: "this takes all lifecycle rules of the bucket away.",
};

/** The same of a command that stands in place of one that would name too many. */
export const NOTE_INSTEAD =
  "there are too many to be named: this takes the share back from all, also from those of before.";
