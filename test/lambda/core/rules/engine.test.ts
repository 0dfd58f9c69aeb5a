import fc from "fast-check";
import { Sieves } from "../../../../lambda/core/match/sieve.ts";
import type { CloudTrailRecord } from "../../../../lambda/core/record/record.ts";
import { compileCondition } from "../../../../lambda/core/rules/condition.ts";
import { EventPatternError } from "../../../../lambda/core/rules/event-pattern/error.ts";
import { compileEventPattern } from "../../../../lambda/core/rules/event-pattern/event-pattern.ts";
import { explainRule } from "../../../../lambda/core/rules/explain.ts";
import { type EventPattern, isExpired, OUTCOME_FILTERS, type Rule } from "../../../../lambda/core/rules/rule.ts";
import { compileRules, conditionOf, exceptionCondition } from "../../../../lambda/core/rules/rule-set.ts";
import { runs } from "../../../support/runs.ts";
import { sketchOfText } from "../../../support/sketch.ts";

const NOW = Date.parse("2026-11-20T21:30:00Z");

// Small alphabets, so that random rules and records meet.
const service = fc.constantFrom("iam", "s3", "lambda", "signin");
const eventName = fc.constantFrom(
  "CreateUser",
  "createuser",
  "DeleteFunction20150331",
  "DeleteFunction",
  "GetObject",
  "",
);
const field = fc.constantFrom("eventName", "eventSource", "a", "b", "a.b", "userIdentity.type", "errorCode", "c");
const scalar = fc.constantFrom<unknown>(
  "x",
  "X",
  "xy",
  "10.0.0.1",
  "010.0.0.1",
  "2001:db8::1",
  "2001:DB8:0::1",
  "",
  1,
  2,
  true,
  null,
  "Root",
  "CreateUser",
  "AccessDenied",
);
const text = fc.constantFrom("x", "X", "y", "xy", "Create", "k");

const demand = fc.oneof(
  scalar,
  fc.boolean().map((exists) => ({ exists })),
  text.map((prefix) => ({ prefix })),
  text.map((suffix) => ({ suffix })),
  text.map((inner) => ({ prefix: { "equals-ignore-case": inner } })),
  text.map((inner) => ({ "equals-ignore-case": inner })),
  fc.constantFrom("x*", "*y", "x*y", "*").map((wildcard) => ({ wildcard })),
  text.map((inner) => ({ "anything-but": inner })),
  text.map((prefix) => ({ "anything-but": { prefix } })),
  fc.constantFrom([">", 0], ["=", 1], [">=", 1, "<", 3]).map((numeric) => ({ numeric })),
  fc.constantFrom("10.0.0.0/8", "2001:db8::/32").map((cidr) => ({ cidr })),
);
const demands = fc.array(demand, { minLength: 1, maxLength: 3 });

const { pattern } = fc.letrec<{ pattern: EventPattern; inner: unknown }>((tie) => ({
  inner: fc.oneof({ maxDepth: 3 }, demands, tie("pattern")),
  pattern: fc.oneof(
    { maxDepth: 3 },
    fc.dictionary(field, tie("inner"), { minKeys: 1, maxKeys: 3 }),
    fc
      .array(fc.dictionary(field, tie("inner"), { minKeys: 1, maxKeys: 2 }), { minLength: 2, maxLength: 3 })
      .map(($or) => ({ $or })),
  ) as fc.Arbitrary<EventPattern>,
}));

const call = fc
  .tuple(
    fc.constantFrom("iam", "S3", "lambda.amazonaws.com", "*", "sign*"),
    fc.constantFrom("CreateUser", "DeleteFunction", "Create*", "*", "*Function"),
  )
  .map(([a, b]) => `${a}:${b}`);

const exception = fc.record({
  reason: fc.constant("because"),
  until: fc.constantFrom("2026-11-19", "2026-11-20", "2027-01-31"),
  pattern,
});

const rule: fc.Arbitrary<Rule> = fc
  .record(
    {
      calls: fc.array(call, { minLength: 1, maxLength: 3 }),
      pattern,
      outcome: fc.constantFrom(...OUTCOME_FILTERS),
      except: fc.array(exception, { minLength: 1, maxLength: 2 }),
    },
    { requiredKeys: [] },
  )
  .map((rest) => ({ name: "r", place: "p:1", severity: "medium", ...rest }));

const { value } = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    scalar,
    fc.array(tie("value"), { maxLength: 3 }),
    fc.dictionary(fc.oneof(field, fc.constantFrom("type", "b")), tie("value"), { maxKeys: 3 }),
  ),
}));

const record = fc
  .tuple(
    fc.record(
      {
        eventSource: fc.oneof(
          service.map((name) => `${name}.amazonaws.com`),
          fc.constant("IAM.amazonaws.com"),
        ),
        eventName,
        errorCode: fc.constantFrom("AccessDenied", "Throttling", ""),
        userIdentity: fc.record({ type: fc.constantFrom("Root", "IAMUser") }),
      },
      { requiredKeys: [] },
    ),
    fc.dictionary(field, value, { maxKeys: 4 }),
  )
  .map(([usual, odd]) => ({ ...usual, ...odd })) as fc.Arbitrary<CloudTrailRecord>;

/** A rule that can be compiled: random patterns may name a field twice, which is refused. */
function isSound(one: Rule): boolean {
  try {
    conditionOf(one);
    one.except?.forEach(exceptionCondition);
    return true;
  } catch (error) {
    if (error instanceof EventPatternError) return false;
    throw error;
  }
}

/** What the engine must equal: every rule asked of every record, one after the other. */
function plainLoop(rules: readonly Rule[]) {
  const compiled = rules.map((one) => ({
    name: one.name,
    holds: compileCondition(conditionOf(one)),
    exceptions: (one.except ?? [])
      .filter((inner) => !isExpired(inner, NOW))
      .map((inner) => compileCondition(exceptionCondition(inner))),
  }));
  return (one: CloudTrailRecord) => {
    const matching = compiled.filter(({ holds }) => holds(one, one));
    const isExcepted = ({ exceptions }: (typeof compiled)[number]) => exceptions.some((holds) => holds(one, one));
    return {
      matched: matching.filter((candidate) => !isExcepted(candidate)).map(({ name }) => name),
      excepted: matching.filter(isExcepted).map(({ name }) => name),
    };
  };
}

test("the indexed engine says what a plain loop over all rules says, for random rules and records", () => {
  let matches = 0;
  fc.assert(
    fc.property(
      fc.array(rule, { minLength: 1, maxLength: 8 }),
      fc.array(record, { minLength: 1, maxLength: 8 }),
      (drawn, records) => {
        const rules = drawn.filter(isSound).map((one, i) => ({ ...one, name: `rule-${i}` }));
        const engine = compileRules(rules);
        const expected = plainLoop(rules);
        const sieve = new Sieves(engine, true, () => false).for("a-file.json");
        // Again and again, for the sieve learns.
        for (const one of [...records, ...records, ...records, ...records]) {
          const { matched, excepted } = engine.match(one, NOW);
          const names = { matched: matched.map(({ name }) => name), excepted: excepted.map(({ name }) => name) };
          if (JSON.stringify(names) !== JSON.stringify(expected(one))) expect(names).toEqual(expected(one));
          matches += matched.length;
          // The reader drops what the sieve passes over: nothing that matches may be dropped.
          const isNothing = matched.length + excepted.length === 0;
          const sketch = sketchOfText(JSON.stringify(one));
          if (sketch === undefined) continue;
          if (sieve.passesOver(sketch) && !isNothing) throw new Error("the sieve loses a match");
          const alike = sieve.meet(one, sketch);
          if (alike !== undefined && engine.match(one, NOW, alike.possible).matched.length !== matched.length)
            throw new Error("the sieve loses a rule");
          alike?.note(one, { verdict: engine.match(one, NOW), isNothing, now: Number.POSITIVE_INFINITY });
        }
      },
    ),
    { numRuns: runs(1000) },
  );
  expect(matches).toBeGreaterThan(runs(100));
});

test("an explanation holds exactly when the rule matches", () => {
  fc.assert(
    fc.property(rule.filter(isSound), record, (one, drawn) => {
      expect(explainRule(one, drawn, NOW).holds).toBe(compileRules([one]).match(drawn, NOW).matched.length === 1);
    }),
    { numRuns: runs(1000) },
  );
});

test("a pattern of any JSON compiles, or is refused with a place; no record makes it crash", () => {
  const anything = fc.oneof(pattern, fc.dictionary(fc.oneof(field, fc.constant("$or"), fc.string()), fc.jsonValue()));
  fc.assert(
    fc.property(anything, fc.oneof(record, fc.dictionary(fc.string(), fc.jsonValue())), (drawn, one) => {
      try {
        compileCondition(compileEventPattern(drawn))(one, one);
      } catch (error) {
        expect(error).toBeInstanceOf(EventPatternError);
        expect((error as EventPatternError).message).toMatch(/^pattern/);
      }
    }),
    { numRuns: runs(2000) },
  );
});

test("identical conditions of several rules are evaluated once per record", () => {
  let reads = 0;
  const counting = {
    get errorMessage() {
      reads++;
      return "x";
    },
    eventName: "CreateUser",
    eventSource: "iam.amazonaws.com",
  } as CloudTrailRecord;
  const rules = Array.from({ length: 50 }, (_, i): Rule => {
    const calls = ["iam:CreateUser"];
    return { name: `r${i}`, place: "p:1", severity: "low", calls, pattern: { errorMessage: [{ prefix: "x" }] } };
  });
  const engine = compileRules(rules);
  expect(engine.match(counting, NOW).matched).toHaveLength(50);
  expect(reads).toBeLessThan(10);
});

test("hostile nesting is answered, not crashed on", () => {
  let nested: unknown = "x";
  for (let i = 0; i < 100_000; i++) nested = i % 2 === 0 ? [nested] : { a: nested };
  const deep: CloudTrailRecord = { eventSource: "iam.amazonaws.com", eventName: nested, a: nested, errorCode: nested };
  const engine = compileRules([
    { name: "r", place: "p:1", severity: "low", pattern: { a: { a: { a: ["x"] } } } },
    { name: "s", place: "p:1", severity: "low", calls: ["*:*"], outcome: "denied" },
  ]);
  expect(engine.match(deep, NOW).matched).toEqual([]);
});
