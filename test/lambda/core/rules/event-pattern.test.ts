import type { CloudTrailRecord } from "../../../../lambda/core/record/record.ts";
import { compileCondition } from "../../../../lambda/core/rules/condition.ts";
import { EventPatternError } from "../../../../lambda/core/rules/event-pattern/error.ts";
import { compileEventPattern } from "../../../../lambda/core/rules/event-pattern/event-pattern.ts";

const matches = (pattern: unknown, record: CloudTrailRecord) =>
  compileCondition(compileEventPattern(pattern))(record, record);

test.each([
  ["wildcard", ""],
  ["wildcard", ["", "x*"]],
  ["equals-ignore-case", ""],
])("anything-but %s %j leaves out the empty text, as in event-ruler", (operator, text) => {
  const pattern = { a: [{ "anything-but": { [operator]: text } }] };
  expect(matches(pattern, { a: "" })).toBe(false);
  expect(matches(pattern, { a: "y" })).toBe(true);
  expect(matches(pattern, { a: 5 })).toBe(true);
  expect(matches(pattern, {})).toBe(false);
});

test.each(["prefix", "suffix"])("anything-but %s with the empty text, which all texts have, is refused", (operator) => {
  for (const text of ["", ["", "x"]]) {
    expect(() => compileEventPattern({ a: [{ "anything-but": { [operator]: text } }] })).toThrow(
      /takes no empty string/,
    );
  }
});

// Source: event-ruler, Constants.RESERVED_FIELD_NAMES_IN_OR_RELATIONSHIP.
const RESERVED = `exactly prefix suffix anything-but numeric cidr exists equals-ignore-case wildcard = < <= > >= regex
  not-wildcard not-equals-ignore-case date-after date-on-or-after date-before date-on-or-before in-date-range
  ip-address-in-range ip-address-not-in-range`.split(/\s+/);

test.each(RESERVED)("a field named %s is refused within $or, at any depth, and taken elsewhere", (name) => {
  const field = { [name]: ["x"] };
  for (const pattern of [
    { $or: [field, { b: ["x"] }] },
    { $or: [{ b: ["x"] }, { c: ["x"], ...field }] },
    { a: { $or: [{ b: ["x"] }, field] } },
    { $or: [{ b: ["x"] }, { c: { d: field } }] },
    { $or: [{ b: ["x"] }, { $or: [{ c: ["x"] }, field] }] },
  ]) {
    expect(() => compileEventPattern(pattern)).toThrow(EventPatternError);
    expect(() => compileEventPattern(pattern)).toThrow(`${name} is reserved: no field in $or may have this name`);
  }
  expect(matches(field, { [name]: "x" })).toBe(true);
  expect(matches({ $or: [{ b: ["x"] }, { [`a.${name}`]: ["x"] }] }, { a: field })).toBe(true);
  expect(matches({ $or: [{ b: ["x"] }, { c: ["x"] }], ...field }, { [name]: "x", b: "x" })).toBe(true);
});
