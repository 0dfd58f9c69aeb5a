/** What to know about commands of the table that undoes calls, by the names that it has for them. */
export const NOTES: { readonly [name: string]: string } = {
  policy: "This takes the whole policy away; the one before is not in the record.",
  selectors: "This records all management events again. Data events that the trail recorded have to be added.",
  sent: "Accepted is all that the call says: it may have run by now, and nothing takes that back.",
  user: "This stops all that the new user has, keys and password alike; delete-user-policy lets it go on.",
  role: "This stops all that the new role may do, until delete-role-policy lets it go on.",
  trust:
    "This stops whoever uses the role, your own programs too, until its trust is mended and delete-role-policy lets it go on.",
  bin: "Works only if a Recycle Bin retention rule covered it.",
  made: "Only if it is new: the same call also succeeds on what was there before, and this deletes it.",
  password: "This takes the password away, so that nobody signs in with it.",
  replication: "This takes all replication of the bucket away; what it had before is not in the record.",
  idle: "The function stays but does not run; delete-function-concurrency lets it run again.",
  stopped:
    "The function does not run at all then, until you type delete-function-concurrency; what was reserved for it before is lost.",
  layers: "This takes off all layers, yours too; the list before is not in the record.",
  querylog: "The new one logs nothing until associate-resolver-query-log-config gives it its VPCs again.",
  retention: "From then on the log group keeps everything.",
  lifecycle: "This takes all lifecycle rules of the bucket away.",
};

/** What a command does that stands in place of one that would name too many. */
export const NOTE_INSTEAD =
  "There are too many to be named: this takes the share back from all, also from those of before.";
