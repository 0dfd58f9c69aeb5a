import { withoutApiVersion } from "../record/call.ts";
import { type CloudTrailRecord, isObject } from "../record/record.ts";
import { type FieldPath, onlyAt, type Scalar, SEVERAL, someScalar, someText } from "./field-path.ts";
import { compileTest, folded } from "./operators.ts";
import type { Pin } from "./pins.ts";

interface FieldIndex<T> {
  readonly path: FieldPath;
  readonly exact: Map<Scalar, T[]>;
  readonly folded: Map<string, T[]>;
  readonly call: Map<string, T[]>;
  readonly present: T[];
  readonly text: Map<string, T[]>;
  takesText: boolean;
  /** True at the length of each text filed in folded or text. */
  readonly lengths: boolean[];
  readonly anything: { readonly entry: T; readonly passes: (text: string) => boolean }[];
}

/** Finds the entries for a record's values: one look-up per pinned field, however many pins there are. */
export class PinIndex<T> {
  readonly #fields = new Map<string, FieldIndex<T>>();
  readonly #list: FieldIndex<T>[] = [];
  readonly #everyRecord: T[] = [];

  /** Files an entry under its pins; an entry without pins is found for every record. */
  add(pins: readonly Pin[] | undefined, entry: T): void {
    if (pins === undefined) {
      this.#everyRecord.push(entry);
      return;
    }
    for (const pin of pins) {
      const field = this.#field(pin.field);
      if (pin.by === "text" || pin.by === "anything") field.takesText = true;
      if (pin.by === "presence") field.present.push(entry);
      else if (pin.by === "anything") {
        field.anything.push({ entry, passes: pin.such === undefined ? () => true : compileTest(pin.such) });
      } else if (pin.by === "exact") append(field.exact, pin.value, entry);
      else append(field[pin.by], pin.value, entry);
      if (pin.by === "folded" || pin.by === "text") field.lengths[pin.value.length] = true;
    }
  }

  /** Calls `found` with each entry of which the record has a pin; an entry may come more than once. */
  find(record: CloudTrailRecord, found: (entry: T) => void): void {
    if (this.#everyRecord.length > 0) this.#everyRecord.forEach(found);
    for (let i = 0; i < this.#list.length; i++) {
      const field = this.#list[i] as FieldIndex<T>;
      const value = onlyAt(record, field.path);
      if (value === undefined) continue;
      if (value === SEVERAL || isObject(value)) this.#findMany(record, field, found);
      else this.#findOne(value as Scalar, field, found);
    }
  }

  /** A field nearly always holds one scalar. */
  #findOne(value: Scalar, field: FieldIndex<T>, found: (entry: T) => void): void {
    if (field.present.length > 0) field.present.forEach(found);
    if (field.exact.size > 0) field.exact.get(value)?.forEach(found);
    if (value === null) return;
    const text = typeof value === "string" ? value : String(value);
    // Folding keeps lengths: a text whose length nothing filed has need not be folded.
    const low = field.lengths[text.length] || field.call.size > 0 ? folded(text) : undefined;
    if (low !== undefined && typeof value === "string") this.#findName(low, field, found);
    if (field.takesText) this.#findText(text, low, field, found);
  }

  #findMany(record: CloudTrailRecord, field: FieldIndex<T>, found: (entry: T) => void): void {
    let seen = false;
    someScalar(record, field.path, (value) => {
      if (!seen) field.present.forEach(found);
      seen = true;
      field.exact.get(value)?.forEach(found);
      if (typeof value === "string") this.#findName(folded(value), field, found);
      return false;
    });
    if (!field.takesText) return;
    someText(record, field.path, (text, isOwn) => {
      this.#findText(text, isOwn ? folded(text) : undefined, field, found);
      return false;
    });
  }

  /** Entries filed without case, and under names of calls; `low` is the folded value. */
  #findName(low: string, field: FieldIndex<T>, found: (entry: T) => void): void {
    if (field.folded.size > 0) field.folded.get(low)?.forEach(found);
    if (field.call.size > 0) field.call.get(withoutApiVersion(low.trim()))?.forEach(found);
  }

  /** Entries filed as text; `low` is undefined if no text of this length is filed. */
  #findText(text: string, low: string | undefined, field: FieldIndex<T>, found: (entry: T) => void): void {
    if (field.anything.length > 0) {
      for (const { entry, passes } of field.anything) if (passes(text)) found(entry);
    }
    if (low !== undefined) field.text.get(low)?.forEach(found);
  }

  #field(path: FieldPath): FieldIndex<T> {
    const key = JSON.stringify(path);
    let field = this.#fields.get(key);
    if (field === undefined) {
      field = {
        path,
        exact: new Map(),
        folded: new Map(),
        call: new Map(),
        present: [],
        text: new Map(),
        anything: [],
        takesText: false,
        lengths: [],
      };
      this.#fields.set(key, field);
      this.#list.push(field);
    }
    return field;
  }
}

function append<K, T>(map: Map<K, T[]>, key: K, entry: T): void {
  const entries = map.get(key);
  if (entries === undefined) map.set(key, [entry]);
  else entries.push(entry);
}
