import { UsageError } from "../usage.ts";

/** Passes over files until one that an earlier run has read; without one it passes over none. */
export class ResumePoint {
  readonly #after: string | undefined;
  #isReached: boolean;

  constructor(after: string | undefined) {
    this.#after = after;
    this.#isReached = after === undefined;
  }

  /** True if a file was read before: it is the one, or comes before it. Files are asked about in their order. */
  isBehind(name: string): boolean {
    if (this.#isReached) return false;
    this.#isReached = name === this.#after;
    return true;
  }

  /**
   * Tells who asks for a file that is not there.
   * @throws UsageError
   */
  end(): void {
    if (!this.#isReached) throw new UsageError(`--after: none of the files is ${this.#after}`);
  }
}
