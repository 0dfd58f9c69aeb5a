import { isObject } from "../record/record.ts";

/**
 * Checks what is read back from the ledger: whoever can write to it may have written anything. `of` is never there: it says
 * what has the shape (see Shaped).
 */
export type Shape<T = unknown> = ((value: unknown) => boolean) & { readonly of?: readonly [T] };

/** What has a shape, as a type. */
export type Shaped<S> = S extends Shape<infer T> ? T : never;

export const isText: Shape<string> = (value) => typeof value === "string";
export const isFlag: Shape<boolean> = (value) => typeof value === "boolean";
export const isCount: Shape<number> = (value) => Number.isSafeInteger(value) && (value as number) >= 0;
/** Milliseconds since the epoch. */
export const isTime: Shape<number> = (value) => typeof value === "number" && Math.abs(value) <= MAX_DATE;

/** The most that a Date can hold (ECMAScript, "Time Values and Time Range"). */
const MAX_DATE = 8.64e15;

export const isOneOf =
  <const T extends string>(values: readonly T[]): Shape<T> =>
  (value) =>
    values.includes(value as T);

export const isListOf =
  <T>(shape: Shape<T>): Shape<readonly T[]> =>
  (value) =>
    Array.isArray(value) && value.every(shape);

export const isRecordOf =
  <T>(shape: Shape<T>): Shape<{ readonly [name: string]: T }> =>
  (value) =>
    isObject(value) && Object.values(value).every(shape);

export const isMaybe =
  <T>(shape: Shape<T>): Shape<T | undefined> =>
  (value) =>
    value === undefined || shape(value);

/** The guard of bodies of one shape. */
export const bodyOf =
  <T>(shape: Shape<T>) =>
  (body: unknown): T | undefined =>
    shape(body) ? (body as T) : undefined;

type Fields = { readonly [name: string]: Shape };
type ObjectOf<F extends Fields> = {
  readonly [N in keyof F as undefined extends Shaped<F[N]> ? never : N]: Shaped<F[N]>;
} & {
  readonly [N in keyof F as undefined extends Shaped<F[N]> ? N : never]?: Shaped<F[N]>;
};

/** An object whose fields have these shapes; further fields are allowed. What may be undefined may be left out. */
export function hasShape<F extends Fields>(fields: F): Shape<{ [N in keyof ObjectOf<F>]: ObjectOf<F>[N] }> {
  const shapes = Object.entries(fields);
  return (value) => isObject(value) && shapes.every(([name, shape]) => shape(value[name]));
}
