import { SCANNERS, scanned } from "../../../support/scans.ts";

const HEX = "0123456789abcdefABCDEF";

const VALID: readonly (readonly [text: string, depth: number])[] = [
  ...["0", "-0", "7", "-12", "10", "1.0", "0.10", "-0.5", "1e5", "1E5", "0e0", "1e+5", "1e-05", "12.34E+56"].map(flat),
  ...["true", "false", "null", '""', '"a"', '" "', '"\u007f"', '"é€😀"', '"\u2028"'].map(flat),
  ...['"\\""', '"\\\\"', '"\\/\\b\\f\\n\\r\\t"', '"\\u0000"', '"\\uD800"', '"\\\\\\\\"', '"\\\\\\""'].map(flat),
  flat(`"${Array.from(HEX, (digit) => `\\u${digit.repeat(4)}`).join("")}"`),
  ...["[]", "{}", "[ ]", "{\n}", "[1]", '["]"]', '{"}":"{"}', '{"":0}', '{"a":1,"a":2}', '{"a" :\t1 , "b":2}'].map(
    (text) => [text, 1] as const,
  ),
  ["[[],{}]", 2],
  ['{"a":{"b":[{"c":[]}]},"d":[]}', 5],
  ['{"__proto__":{}}', 2],
  ["[ [\r\n1 , 2\t] ,null ]", 2],
];

const BROKEN = [
  ...[
    "01",
    "-",
    "-a",
    "+1",
    ".5",
    "1.",
    "1.a",
    "1.e5",
    "1e",
    "1e+",
    "1ea",
    "00",
    "-01",
    "0x1",
    "1_0",
    "1 2",
    "NaN",
    "--1",
  ],
  ...["tru", "truex", "True", "nul", "nulll", "fals", "falsey", "undefined", "n", "t", "f", "true false", "truefalse"],
  ...[
    "'a'",
    '"a',
    '"\n"',
    '"\u0000"',
    '"\t"',
    '"\u001f"',
    '"\\',
    '"\\x"',
    '"\\u12"',
    '"\\u123g"',
    '"\\u 123"',
    '"\\U0041"',
  ],
  ...["{", "[", "}", "]", "[1", "[1,", "[1,]", "[,1]", "[,]", "[1 2]", "[1:2]", "{]", "[}", "[{]}", "{[}]", "[[]"],
  ...[
    '{"a"}',
    '{"a":}',
    '{"a":1,}',
    '{,"a":1}',
    '{"a" 1}',
    '{"a":1 "b":2}',
    "{a:1}",
    "{1:2}",
    '{"a":1,,"b":2}',
    '{"a"::1}',
  ],
  ...['{"a":1;"b":2}', "{null:1}", '{"a":1,b}', '{"a",1}', '["a":1]', '"a" "b"', "{}{}", "[][]", "/* */1", "//\n1"],
  ...[
    "\u00a01",
    "\ufeff1",
    "é",
    '{"a":é}',
    "\v1",
    "\f1",
    "1\u00a0",
    "\\",
    '\\"a"',
    '{\\"a":1}',
    "[1]\\",
    "\u0000",
    "#",
  ],
  `"${"x".repeat(100)}\n${"x".repeat(100)}"`,
  `"${"x".repeat(62)}\\q${"x".repeat(100)}"`,
  `"${"x".repeat(63)}\\q${"x".repeat(100)}"`,
  `["${"x".repeat(30)}\t","${"\\q".repeat(30)}"]`,
];

function flat(text: string): readonly [string, number] {
  return [text, 0];
}

describe.each(SCANNERS)("the %s scanner", (_, scanner) => {
  test.each(VALID)("finds %j", (text, depth) => {
    for (const [before, behind] of [
      ["", ""],
      [" \n", "\r\t "],
    ] as const) {
      const list = Buffer.from(`${before}${text}${behind}]`);
      JSON.parse(`[${list}`);
      const start = before.length;
      const end = start + Buffer.byteLength(text);
      const { because, next, elements } = scanned(scanner, list);
      expect({ because, next, elements }).toMatchObject({
        because: "closed",
        next: list.length - 1,
        elements: [{ start, end, depth }],
      });
    }
  });

  test.each(VALID)("asks for more wherever %j is cut", (text) => {
    const bytes = Buffer.from(text);
    // Only what ends with a sign of its own is whole without what follows.
    const isWhole = /["\]}]$/.test(text);
    for (let end = 0; end <= bytes.length; end++) {
      const { because, count } = scanned(scanner, bytes, { end });
      expect({ end, because, count }).toEqual({ end, because: "more", count: Number(isWhole && end === bytes.length) });
    }
  });

  test.each(['\\"', "\\\\", '\\\\\\"', "\\u00e9", "\\\\\\\\"])(
    "finds the end of a string wherever %s stands in it",
    (escaped) => {
      for (let i = 0; i < 140; i++) {
        const text = `"${"x".repeat(i)}${escaped}"`;
        const { because, elements } = scanned(scanner, Buffer.from(`${text},"${escaped}"]`));
        expect({ because, elements }).toMatchObject({ because: "closed", elements: [{ end: text.length }, {}] });
        for (let end = Math.max(1, i - 2); end < text.length; end++) {
          expect(scanned(scanner, Buffer.from(text), { end })).toMatchObject({ because: "more", count: 0 });
        }
      }
    },
  );

  test.each([
    ["a string", (size: number) => `"${"x".repeat(size)}"`],
    ["a key", (size: number) => `{"${"x".repeat(size)}":"a"}`],
    ["a number", (size: number) => `[1${"0".repeat(size)},"a"]`],
    ["white space", (size: number) => `{"a"${" ".repeat(size)}:${"\n".repeat(size)}"b"}`],
    ["a list without quotes", (size: number) => `[${"1,".repeat(size / 2)}"a"]`],
    ["a list of short strings", (size: number) => `["${'","'.repeat(size / 3)}"]`],
    ["escapes", (size: number) => `"${'\\"'.repeat(size / 2)}"`],
  ])("finds what is large: %s", (_name, textOf) => {
    for (const size of [4_000, 4_090, 4_094, 4_096, 4_098, 4_160, 9_000, 70_000]) {
      const text = textOf(size);
      const bytes = Buffer.from(`${text},"b",${text}]`);
      const { because, elements } = scanned(scanner, bytes);
      const ends = [text.length, text.length + 4, bytes.length - 1];
      expect({ because, ends: elements.map(({ end }) => end) }).toEqual({ because: "closed", ends });
      for (const end of [text.length - 1, 4_095, 4_096, 4_097]) {
        expect(scanned(scanner, bytes, { end })).toMatchObject({
          because: "more",
          count: ends.filter((one) => one <= end).length,
        });
      }
      expect(scanned(scanner, Buffer.from(`${text.slice(0, -1)}\u0001"]`))).toMatchObject({
        because: "broken",
        count: 0,
      });
    }
  });

  test.each(BROKEN)("refuses %j", (text) => {
    expect(() => JSON.parse(`[${text}]`)).toThrow();
    const list = Buffer.from(`${text}]`);
    expect(scanned(scanner, list)).not.toMatchObject({ because: "closed", next: list.length - 1 });
    // Nor does it take what stands in front of it for broken, or lose it.
    const behind = Buffer.from(`{"n":1} , ${text}]`);
    const { next, elements } = scanned(scanner, behind);
    expect(elements[0]).toMatchObject({ start: 0, end: 7, depth: 1 });
    expect(next).toBeGreaterThanOrEqual(7);
  });

  test.each([
    ["an empty list", "]", true, { count: 0, next: 0, because: "closed" }],
    ["an empty list with spaces", " \n]", true, { count: 0, next: 2, because: "closed" }],
    ["nothing", "", true, { count: 0, next: 0, because: "more" }],
    ["nothing but spaces", "  ", true, { count: 0, next: 0, because: "more" }],
    ["nothing, later on", "", false, { count: 0, next: 0, because: "more" }],
    ["the end of a list, later on", " ]", false, { count: 0, next: 1, because: "closed" }],
    ["an element behind a comma", ' ,{"a":1}', false, { count: 1, next: 9, because: "more" }],
    ["a comma in front of the first", ",1]", true, { count: 0, next: 0, because: "broken" }],
    ["a comma that is missing", "1]", false, { count: 0, next: 0, because: "broken" }],
    ["a comma that is missing between two", '"a""b"]', true, { count: 1, next: 3, because: "broken" }],
    ["a comma too many at the end", "1,]", true, { count: 1, next: 1, because: "broken" }],
    ["a comma too many at the end, later on", " ,]", false, { count: 0, next: 0, because: "broken" }],
    ["two commas", "1,,2]", true, { count: 1, next: 1, because: "broken" }],
    ["a comma with nothing behind it yet", "1 , ", true, { count: 1, next: 1, because: "more" }],
    ["a word that goes on", "truex]", true, { count: 0, next: 0, because: "broken" }],
    ["a number that may go on", "12", true, { count: 0, next: 0, because: "more" }],
    ["a string that is whole", '"12"', true, { count: 1, next: 4, because: "more" }],
    ["the wrong bracket", "1}", true, { count: 0, next: 0, because: "broken" }],
    ["the wrong bracket behind an object", "{}}", true, { count: 1, next: 2, because: "broken" }],
    ["something behind the list", "1]]]\\\u0000", true, { count: 1, next: 1, because: "closed" }],
  ] as const)("answers for %s", (_, text, isFirst, answer) => {
    expect(scanned(scanner, Buffer.from(text), { isFirst })).toMatchObject(answer);
  });

  test("looks at nothing in front of the start or behind the end", () => {
    const bytes = Buffer.from('"\\[1,2,"a"],3');
    expect(scanned(scanner, bytes, { start: 3, end: 6 })).toMatchObject({ count: 1, next: 4, because: "more" });
    expect(scanned(scanner, bytes, { start: 3, end: 5 })).toMatchObject({ count: 1, next: 4, because: "more" });
    expect(scanned(scanner, bytes, { start: 3, end: 4 })).toMatchObject({ count: 0, next: 3, because: "more" });
    const elements = [
      { start: 3, end: 4 },
      { start: 5, end: 6 },
      { start: 7, end: 10 },
    ];
    expect(scanned(scanner, bytes, { start: 3 })).toMatchObject({ count: 3, next: 10, because: "closed", elements });
  });

  test("takes bytes that are no UTF-8 in strings, as JSON.parse does, and nowhere else", () => {
    const broken = [[0x80], [0xc3], [0xff, 0xfe], [0xed, 0xa0, 0x80], [0xf0, 0x9f]];
    for (const bytes of broken) {
      const inside = Buffer.concat([
        Buffer.from('{"a'),
        Buffer.from(bytes),
        Buffer.from('":"'),
        Buffer.from(bytes),
        Buffer.from('"}]'),
      ]);
      JSON.parse(`[${inside.toString()}`);
      expect(scanned(scanner, inside)).toMatchObject({ count: 1, because: "closed" });
      const outside = Buffer.concat([Buffer.from("[1,"), Buffer.from(bytes), Buffer.from("]]")]);
      expect(scanned(scanner, outside)).toMatchObject({ count: 0, because: "broken" });
    }
  });

  test("says how deep an element nests, however deep that is", () => {
    for (const depth of [1, 64, 65, 1_000, 100_000]) {
      const lists = Buffer.from(`${"[".repeat(depth)}${"]".repeat(depth)},[1]]`);
      expect(scanned(scanner, lists)).toMatchObject({ because: "closed", elements: [{ depth }, { depth: 1 }] });
      const objects = Buffer.from(`${'{"a":['.repeat(depth)}${"]}".repeat(depth)}]`);
      expect(scanned(scanner, objects)).toMatchObject({ because: "closed", elements: [{ depth: 2 * depth }] });
      expect(scanned(scanner, lists.subarray(0, 2 * depth - 1))).toMatchObject({ count: 0, because: "more" });
      const wrong = Buffer.from(`${"[".repeat(depth)}}`);
      expect(scanned(scanner, wrong)).toMatchObject({ count: 0, because: "broken" });
    }
  });

  test("finds a few thousand elements at a time", () => {
    const texts = Array.from({ length: 10_000 }, (_, i) => `{"n":${i}}`);
    const list = Buffer.from(`${texts.join(", ")}]`);
    const found: string[] = [];
    for (let next = 0, because = "full"; because === "full"; ) {
      const scan = scanned(scanner, list, { start: next, isFirst: found.length === 0 });
      expect(scan.count).toBeGreaterThan(1_000);
      found.push(...scan.elements.map(({ start, end }) => list.toString("latin1", start, end)));
      ({ next, because } = scan);
      if (because !== "full") expect(because).toBe("closed");
    }
    expect(found).toEqual(texts);
  });
});
