import { SKETCH_FIELDS, SKETCH_TEXTS, type SketchField } from "./sketch.ts";

/** A key that leads to a field of a sketch. */
export interface FieldKey {
  /** The object that it stands in: 0 is the element itself. */
  readonly object: number;
  readonly name: string;
  /** The place of its value among all fields, or -1 if it only leads on. */
  readonly slot: number;
  readonly as: SketchField["as"];
  /** The object that it leads to, or -1 if its value is the field. */
  readonly leadsTo: number;
}

/** The fields of all texts as keys within objects. */
export interface FieldTree {
  readonly keys: readonly FieldKey[];
  /** How many objects are on the way to fields, the element itself included. */
  readonly objects: number;
  /** How many fields there are. */
  readonly slots: number;
  /** The texts in their order, each with the place behind its last field. */
  readonly texts: readonly (readonly [(typeof SKETCH_TEXTS)[number], number])[];
}

export const FIELD_TREE = treeOf(SKETCH_FIELDS);

function treeOf(fields: typeof SKETCH_FIELDS): FieldTree {
  const keys = new Map<string, FieldKey>();
  const texts: [(typeof SKETCH_TEXTS)[number], number][] = [];
  let slots = 0;
  let objects = 1;

  const objectOf = (way: readonly string[]): number => {
    const name = way.at(-1);
    if (name === undefined) return 0;
    const known = keys.get(way.join("."));
    if (known !== undefined && known.leadsTo >= 0) return known.leadsTo;
    if (known !== undefined && known.as !== "kind") throw new Error(`${way.join(".")} is a value and leads on`);
    const object = objectOf(way.slice(0, -1));
    keys.set(way.join("."), { slot: -1, as: "kind", ...known, object, name, leadsTo: objects });
    return objects++;
  };

  for (const text of SKETCH_TEXTS) {
    for (const { path, as } of fields[text]) {
      const way = path.join(".");
      const known = keys.get(way);
      if (known !== undefined && (known.slot >= 0 || as !== "kind")) throw new Error(`${way} is there twice`);
      const object = objectOf(path.slice(0, -1));
      keys.set(way, { leadsTo: -1, ...known, object, name: path.at(-1) ?? "", as, slot: slots++ });
    }
    texts.push([text, slots]);
  }
  return { keys: [...keys.values()], objects, slots, texts };
}
