/** Why a file, or a part of one, cannot be read; whoever prints it puts the file's name before it. */
export class RecordsError extends Error {
  override readonly name = "RecordsError";
}

/** What the system says of a path, in words. */
export function whyUnread(cause: unknown): string {
  const { code, message }: NodeJS.ErrnoException = cause instanceof Error ? cause : new Error(String(cause));
  switch (code) {
    case "ENOENT":
      return "there is no such file or folder";
    case "EISDIR":
      return "it is a folder, not a file";
    case "ENOTDIR":
      return "a part of its path is a file, not a folder";
    case "EACCES":
    case "EPERM":
      return "you may not read it (its permissions forbid it)";
    case "ELOOP":
      return "it is a link that leads back to itself";
    case "EMFILE":
      return "too many files are open";
    default:
      return message;
  }
}
