import { sharedScanner } from "../../lambda/core/log-file/scan/create-scanner.ts";
import { SKETCH_TEXTS, Sketch, type TextName } from "../../lambda/core/log-file/scan/sketch.ts";

/** The sketch of an element of Records, as the reader gets it. */
export function sketchOfText(json: string): Sketch | undefined {
  const bytes = Buffer.from(`${json}]`);
  const { count } = sharedScanner().scan(bytes, 0, bytes.length, true);
  if (count !== 1) throw new Error("the text is no element");
  return sharedScanner().sketchOf(0);
}

/** The texts of a sketch, which a scanner's own has only until the next scan; it must know their sizes before and after. */
export class KeptSketch extends Sketch {
  readonly #texts: readonly string[];

  constructor(sketch: Sketch) {
    super();
    this.#texts = SKETCH_TEXTS.map((_, name) => {
      const size = sketch.size(name as TextName);
      const text = sketch.text(name as TextName);
      if (size !== text.length || sketch.size(name as TextName) !== size) {
        throw new Error(`a text of ${text.length} has the size ${size}: ${text}`);
      }
      return text;
    });
  }

  text(name: TextName): string {
    return this.#texts[name] as string;
  }
}
