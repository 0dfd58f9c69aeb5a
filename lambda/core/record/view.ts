import { callOf } from "./call.ts";
import { accountsOf, type Facts, factsOf } from "./facts.ts";
import { actorOf, type Identity, identityOf, mfaOf } from "./identity.ts";
import { type Origin, originOf } from "./origin.ts";
import { type Outcome, outcomeOf } from "./outcome.ts";
import { accountOf, type CloudTrailRecord, eventTimeOf, textAt } from "./record.ts";

/**
 * What a record says, in the terms that alerts, incidents and rules share. Each answer is made when first asked for,
 * and kept as long as the record. All text is raw, as in the record.
 */
class RecordView {
  readonly #record: CloudTrailRecord;
  #call?: string;
  #identity?: Identity;
  #outcome?: Outcome;
  #facts?: Facts;
  #actor?: string;

  constructor(record: CloudTrailRecord) {
    this.#record = record;
  }

  /** `service:EventName`, with the API version that some services append. */
  get call(): string {
    this.#call ??= callOf(this.#record);
    return this.#call;
  }

  /** Who called. */
  get identity(): Identity {
    this.#identity ??= identityOf(this.#record);
    return this.#identity;
  }

  /** The stable key of who called. */
  get actor(): string {
    this.#actor ??= actorOf(this.#record, this);
    return this.#actor;
  }

  /** What the record proves about a second factor. */
  get mfa(): ReturnType<typeof mfaOf> {
    return mfaOf(this.#record, this);
  }

  /** Where the call came from. */
  get origin(): Origin {
    return originOf(this.#record);
  }

  /** The id of the access key. */
  get key(): string | undefined {
    return textAt(this.#record, "userIdentity", "accessKeyId");
  }

  get region(): string | undefined {
    return textAt(this.#record, "awsRegion");
  }

  get outcome(): Outcome {
    this.#outcome ??= outcomeOf(this.#record);
    return this.#outcome;
  }

  /** The account whose trail holds the record. */
  get account(): string | undefined {
    return accountOf(this.#record);
  }

  /** All accounts that the record names. */
  get accounts(): readonly string[] {
    return accountsOf(this.#record);
  }

  /** Milliseconds since the epoch. */
  get time(): number | undefined {
    return eventTimeOf(this.#record);
  }

  /** What decides whether it is news: call, outcome, target, parameters and more, in short form. */
  get facts(): Facts {
    this.#facts ??= factsOf(this.#record, this);
    return this.#facts;
  }
}

export type { RecordView };

const views = new WeakMap<CloudTrailRecord, RecordView>();

/** The view of a record: the only way for parts outside core/record to ask what it says. */
export function viewOf(record: CloudTrailRecord): RecordView {
  let view = views.get(record);
  if (view === undefined) {
    view = new RecordView(record);
    views.set(record, view);
  }
  return view;
}
