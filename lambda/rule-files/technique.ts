/** A technique of attackers, as a published catalogue numbers it. */
export interface Technique {
  readonly id: string;
  readonly name: string;
  /** In the catalogue's words and order. */
  readonly tactics: readonly string[];
  /** Why no shipped rule shows it. */
  readonly missing?: string;
  /** What of it the shipped rules do not show. */
  readonly partly?: string;
}

/** A published list of techniques, and the field in which a rule names those that it shows. */
export interface Catalogue {
  readonly title: string;
  /** Of when the list is. */
  readonly edition: string;
  readonly field: "technique" | "threat";
  readonly techniques: readonly Technique[];
  /** What rules may name besides; nobody expects all of these to be covered. */
  readonly beyond: readonly Technique[];
  /** Ids that the catalogue has given up, and what stands for them now. */
  readonly replaced: { readonly [id: string]: string };
  readonly address: (id: string) => string;
}
