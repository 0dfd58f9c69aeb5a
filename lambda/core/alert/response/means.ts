/** What stops a caller, and what it hits. */
export interface Means {
  /** Who is asked whether it was them; absent where that may be anybody. */
  readonly who?: string;
  /** The IAM user who is denied everything. */
  readonly user?: string;
  /** What stops, in the account that was called; whoever opened the session may be known. */
  readonly hits: (account: string, isOpenerKnown?: boolean) => string;
  /** True where nothing typed in the account stops them: the commands are for the account that runs their directory. */
  readonly isElsewhere?: true;
  /** What to do by hand, where no command does it. */
  readonly byHand?: readonly string[];
  /** What goes on all the same. */
  readonly stays: string;
  /** What takes it back, beside what lets the user in again. */
  readonly back: readonly string[];
  /** The same, typed in another account. */
  readonly backElsewhere?: readonly string[];
  /** Each stands alone, so that none waits for another; it may have several lines. None where no command does it. */
  readonly commands: readonly string[];
}
