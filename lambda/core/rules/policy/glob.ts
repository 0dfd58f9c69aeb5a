/**
 * True when some text fits both of two patterns in which `*` stands for any text and `?` for any one character; compared
 * without case. With a text as one of them: true when it fits the pattern.
 */
export function overlaps(a: string, b: string): boolean {
  const [left, right] = [tidied(a), tidied(b)];
  // Which beginnings of the right pattern fit the beginning of the left one that was gone through.
  let fits = beginningsOf(right);
  for (const character of left) {
    const next = [character === "*" && fits[0] === true];
    for (let i = 1; i <= right.length; i++) {
      const other = right[i - 1];
      next.push(
        character === "*" || other === "*"
          ? fits[i] === true || next[i - 1] === true || (character === "*" && other === "*" && fits[i - 1] === true)
          : fits[i - 1] === true && (character === other || character === "?" || other === "?"),
      );
    }
    fits = next;
  }
  return fits[right.length] === true;
}

/**
 * The same for ARNs: a star does not reach over the colons, and parts that are left out are any.
 * Source: IAM User Guide, "IAM JSON policy elements: Resource".
 */
export function arnsOverlap(a: string, b: string): boolean {
  if (!a.includes(":") || !b.includes(":")) return overlaps(a, b);
  const [left, right] = [partsOf(a), partsOf(b)];
  return left.every((part, i) => overlaps(part, right[i] ?? "*"));
}

function partsOf(arn: string): readonly string[] {
  const parts = arn.split(":");
  const [first, second, third, fourth, fifth, ...rest] = [...parts, ...Array<string>(6).fill("*").slice(parts.length)];
  return [first, second, third, fourth, fifth].map((part) => part ?? "*").concat(rest.join(":"));
}

/** What of a pattern fits no text at all: nothing, and stars. */
function beginningsOf(pattern: string): boolean[] {
  const fits = [true];
  for (const character of pattern) fits.push(fits.at(-1) === true && character === "*");
  return fits;
}

/** No action and few ARNs are longer; what is cut fits at least what the whole fits. */
const MAX_LENGTH = 256;

function tidied(pattern: string): string {
  const low = pattern.toLowerCase().replace(/\*+/g, "*");
  return low.length > MAX_LENGTH ? `${low.slice(0, MAX_LENGTH)}*` : low;
}
