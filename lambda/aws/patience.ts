/** How long S3 may take, in milliseconds. */
export interface FetchTimes {
  /** To answer and to send, for all tries of an object together; short enough that the event's other objects get their turn. */
  readonly deadline: number;
  /** Between two chunks of a body. */
  readonly idle: number;
}

/** A body that did not come to its end: GetObject resolves at the headers, and the SDK watches no body. */
export class BodyError extends Error {
  override readonly name = "BodyError";
}

/** Every object is waited for a little, however late it is. */
const LEAST = 1_000;

/**
 * What is left of the time for one object. The time that S3 is waited for counts, not the time that the object's content takes
 * to read; and all of it ends at `until`, in milliseconds since the epoch.
 */
export class Patience {
  readonly #times: FetchTimes;
  readonly #until: number;
  #waited = 0;

  constructor(times: FetchTimes, until: number) {
    this.#times = times;
    this.#until = Math.max(until, Date.now() + LEAST);
  }

  get left(): number {
    return Math.max(0, Math.min(this.#times.deadline - this.#waited, this.#until - Date.now()));
  }

  /** Waits for an answer; `act` gets the signal that ends it. */
  async answer<T>(act: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const given = new AbortController();
    // Not AbortSignal.timeout: the signal must not end the body that comes behind the answer.
    const timer = setTimeout(() => given.abort(), this.left);
    try {
      return await this.#counting(act(given.signal));
    } finally {
      clearTimeout(timer);
    }
  }

  /**
   * Waits for the next chunk of a body.
   * @throws BodyError
   */
  async chunk<T>(next: Promise<T>): Promise<T> {
    const { deadline, idle } = this.#times;
    const { left } = this;
    const what = left < idle ? `was not there after ${deadline} ms` : `stalled for ${idle} ms`;
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      const onTime = () => reject(new BodyError(`the body ${what}`));
      // Work may have held the timer up: what the network has meanwhile got is read before setImmediate's turn comes.
      timer = setTimeout(() => setImmediate(onTime), Math.min(left, idle));
    });
    late.catch(() => undefined); // nobody waits for it once the chunk is there
    next.catch(() => undefined); // nor for the chunk once it is late
    try {
      return await this.#counting(Promise.race([next, late]));
    } finally {
      clearTimeout(timer);
    }
  }

  async #counting<T>(promise: Promise<T>): Promise<T> {
    const began = performance.now();
    try {
      return await promise;
    } finally {
      this.#waited += performance.now() - began;
    }
  }
}
