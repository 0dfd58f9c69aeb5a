import type { ListedKey } from "../../lambda/core/digest/key-ring.ts";
import { textAt, valueAt } from "../../lambda/core/record/record.ts";
import { readJsonFile, UsageError } from "../usage.ts";

/**
 * The public keys in a file: what `aws cloudtrail list-public-keys` prints, or several such answers in a list.
 * @throws UsageError
 */
export function readKeys(file: string): readonly ListedKey[] {
  const said = readJsonFile(file, "--keys");
  const keys = (Array.isArray(said) ? said : [said]).flatMap((answer: unknown) => {
    const list = valueAt(answer, "PublicKeyList");
    return Array.isArray(list) ? list : [];
  });
  if (keys.length === 0) throw new UsageError(`${file}: it has no PublicKeyList, as list-public-keys prints it`);
  return keys.map((key: unknown) => ({
    fingerprint: textAt(key, "Fingerprint") ?? "",
    value: Buffer.from(textAt(key, "Value") ?? "", "base64"),
  }));
}
