import { isObject } from "../record/record.ts";

/** Checks what is read back from the ledger: whoever can write to it may have written anything. */
export type Shape = (value: unknown) => boolean;

export const isText: Shape = (value) => typeof value === "string";
export const isFlag: Shape = (value) => typeof value === "boolean";
export const isCount: Shape = (value) => Number.isSafeInteger(value) && (value as number) >= 0;
/** Milliseconds since the epoch. */
export const isTime: Shape = (value) => typeof value === "number" && Math.abs(value) <= MAX_DATE;

/** The most that a Date can hold (ECMAScript, "Time Values and Time Range"). */
const MAX_DATE = 8.64e15;

export const isOneOf =
  (values: readonly string[]): Shape =>
  (value) =>
    values.includes(value as string);

export const isListOf =
  (shape: Shape): Shape =>
  (value) =>
    Array.isArray(value) && value.every(shape);

export const isRecordOf =
  (shape: Shape): Shape =>
  (value) =>
    isObject(value) && Object.values(value).every(shape);

export const isMaybe =
  (shape: Shape): Shape =>
  (value) =>
    value === undefined || shape(value);

/** The guard of bodies of one shape. */
export const bodyOf =
  <T>(shape: Shape) =>
  (body: unknown): T | undefined =>
    shape(body) ? (body as T) : undefined;

/** An object whose fields have these shapes; further fields are allowed. A type asks for each of its fields. */
export function hasShape<T = { readonly [name: string]: unknown }>(
  fields: { readonly [F in keyof T]-?: Shape },
): Shape {
  const shapes = Object.entries<Shape>(fields);
  return (value) => isObject(value) && shapes.every(([name, shape]) => shape(value[name]));
}
