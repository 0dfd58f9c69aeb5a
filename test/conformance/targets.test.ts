import { type CloudTrailRecord, isObject } from "../../lambda/core/record/record.ts";
import { viewOf } from "../../lambda/core/record/view.ts";
import { conformanceTest, realRecords } from "../support/conformance.ts";

/** What no target may be: a number, a switch, a date, a path, a header, a page, a filter, a limit. */
const NO_TARGET =
  /^(?:true|false|[-\d.,]+|\/|\*|vpc|default|private|\d{4}-\d\d-\d\d.*|[A-Z][a-z]{2} \d+, \d{4}.*|.*\.amazonaws\.com|[a-z]{2}-[a-z]+-\d|HIDDEN.*|[A-Z]+(?:_[A-Z]+)+|MONTHLY|DAILY|REACTIVE|AGGREGATOR|SELF)$/;

/** The texts of fields that are never a target. */
function pagingOf(value: unknown, key = ""): readonly string[] {
  if (typeof value === "string") {
    return /token$|marker$|^max|limit$|pagesize|^host$|description$|sessionname$|callerreference/i.test(key)
      ? [value]
      : [];
  }
  if (Array.isArray(value)) return value.flatMap((element) => pagingOf(element, key));
  if (!isObject(value)) return [];
  return Object.entries(value).flatMap(([inner, any]) =>
    /^filter|filter(?:s|Set)$/i.test(inner) ? textsOf(any) : pagingOf(any, inner),
  );
}

function textsOf(value: unknown): readonly string[] {
  if (typeof value === "string") return [value];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(textsOf) : [];
}

const isFilled = (value: unknown) => isObject(value) && Object.values(value).some((inner) => inner !== "");

/** True where CloudTrail wrote down anything that could name a target: a throttled call has no parameters at all. */
function saysSomething(record: CloudTrailRecord): boolean {
  return isFilled(record.requestParameters) || isFilled(record.serviceEventDetails) || Array.isArray(record.resources);
}

conformanceTest(
  "no target in real records is a page, a limit, a filter, a header, a switch, a number or a date",
  () => {
    const records = realRecords();
    expect(records.length).toBeGreaterThan(2_000);
    const wrong = records.flatMap((record) => {
      const { call, target, detail } = viewOf(record).facts;
      const { requestParameters } = record;
      const unfit = [target, detail].filter(
        (text) => text !== undefined && NO_TARGET.test(text) && !/^\d{12}$/.test(text),
      );
      const aside = pagingOf(requestParameters).filter((text) => text !== "" && text === target);
      return [...unfit, ...aside].map((text) => `${call} ${text}`);
    });
    expect([...new Set(wrong)]).toEqual([]);
  },
);

conformanceTest("nine of ten calls that change something have a target, in real records", () => {
  const writes = realRecords()
    .map((record) => ({ record, facts: viewOf(record).facts }))
    .filter(({ facts }) => !facts.isRead);
  const share = (all: typeof writes) => all.filter(({ facts }) => facts.target !== undefined).length / all.length;
  const telling = writes.filter(({ record }) => saysSomething(record));
  const without = new Map<string, number>();
  for (const { facts } of writes) {
    if (facts.target === undefined) without.set(facts.call, (without.get(facts.call) ?? 0) + 1);
  }
  const most = [...without].sort(([, a], [, b]) => b - a).slice(0, 8);
  const percent = (part: number) => `${(part * 100).toFixed(1)} %`;
  console.info(
    `${percent(share(writes))} of ${writes.length} changes have a target, ${percent(share(telling))} of the ${telling.length} that have parameters; most without: ${most.map(([call, count]) => `${call} ${count}`).join(", ")}`,
  );
  expect(share(telling)).toBeGreaterThan(0.99);
  // What was throttled has no parameters: nobody looked at what it was to do.
  expect(share(writes.filter(({ record }) => record.errorCode !== "ThrottlingException"))).toBeGreaterThan(0.95);
});
