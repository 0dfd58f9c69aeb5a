import {
  ADDRESS,
  AGENT,
  CALL,
  CALLER,
  CREDENTIAL,
  numberOf,
  SESSION,
  SKETCH_FIELDS,
  type Sketch,
} from "../../../../lambda/core/log-file/scan/sketch.ts";
import { record } from "../../../support/log-files.ts";
import { SCANNERS, scanned } from "../../../support/scans.ts";

const ASSUMED_ROLE = record({
  userIdentity: {
    type: "AssumedRole",
    principalId: "AROAEXAMPLEID0000000A:build-812",
    arn: "arn:aws:sts::111122223333:assumed-role/deploy-ci/build-812",
    accountId: "111122223333",
    accessKeyId: "ASIAIOSFODNN7EXAMPLE",
    sessionContext: {
      sessionIssuer: { type: "Role", arn: "arn:aws:iam::111122223333:role/deploy-ci", userName: "deploy-ci" },
      attributes: { creationDate: "2026-11-20T21:00:00Z", mfaAuthenticated: "false" },
    },
    invokedBy: "cloudformation.amazonaws.com",
  },
  errorCode: "AccessDenied",
  errorMessage: 'not "allowed"\n',
  vpcEndpointId: "vpce-0a1b2c3d",
});

const NAMES = [CALL, CALLER, ADDRESS, CREDENTIAL, SESSION, AGENT] as const;

/** Each field in place of the text it stands for. It is asked for 120,000 sketches: `expect` would take most of the time. */
function linesOf(sketch: Sketch | undefined): { readonly [field: string]: string } {
  return Object.fromEntries(
    Object.entries(SKETCH_FIELDS).flatMap(([text, fields]) => {
      const lines = (sketch?.toJSON()[text] ?? "").split("\n");
      if (lines.pop() !== "" || lines.length !== fields.length) throw new Error(`${text} is not a line for each field`);
      return fields.map(({ path }, i) => [path.join("."), lines[i] ?? ""] as const).filter(([, line]) => line !== "");
    }),
  );
}

describe.each(SCANNERS)("the sketch of the %s scanner", (_, scanner) => {
  const sketchOf = (text: string) => {
    const { because, elements } = scanned(scanner, Buffer.from(`${text}]`));
    expect({ because, count: elements.length }).toEqual({ because: "closed", count: 1 });
    return elements[0]?.sketch;
  };

  test("says the fields that decide, as they stand in the bytes", () => {
    expect(linesOf(sketchOf(JSON.stringify(ASSUMED_ROLE)))).toEqual({
      eventSource: '"iam.amazonaws.com"',
      eventName: '"CreateAccessKey"',
      errorCode: '"AccessDenied"',
      eventType: '"AwsApiCall"',
      eventCategory: '"Management"',
      readOnly: "false",
      managementEvent: "true",
      errorMessage: "s",
      responseElements: "n",
      "userIdentity.type": '"AssumedRole"',
      "userIdentity.accountId": '"111122223333"',
      "userIdentity.invokedBy": '"cloudformation.amazonaws.com"',
      "userIdentity.sessionContext.sessionIssuer.arn": '"arn:aws:iam::111122223333:role/deploy-ci"',
      "userIdentity.sessionContext.attributes.mfaAuthenticated": '"false"',
      awsRegion: '"us-east-1"',
      recipientAccountId: '"111122223333"',
      vpcEndpointId: '"vpce-0a1b2c3d"',
      eventTime: '"2026-11-20',
      "userIdentity.accessKeyId": '"ASIAIOSFODNN7EXAMPLE"',
      "userIdentity.arn": '"arn:aws:sts::111122223333:assumed-role/deploy-ci/build-812"',
      "userIdentity.principalId": '"AROAEXAMPLEID0000000A:build-812"',
      sourceIPAddress: '"192.0.2.44"',
      userAgent: '"aws-cli/2.13.5"',
    });
  });

  test.each([
    ["an empty object", "{}", {}],
    ["null on the way", '{"userIdentity":null}', {}],
    ["null as a value", '{"eventName":null,"errorMessage":null}', { eventName: "null", errorMessage: "n" }],
    [
      "raw scalars",
      '{"readOnly" : -1.50e+1 ,"eventName":"\\u0041\\n"}',
      { readOnly: "-1.50e+1", eventName: '"\\u0041\\n"' },
    ],
    [
      "kinds",
      '{"errorMessage":"","responseElements":{"a":[]},"serviceEventDetails":[{}],"insightDetails":0}',
      {
        errorMessage: "s",
        responseElements: "o",
        serviceEventDetails: "l",
        insightDetails: "s",
      },
    ],
    ["no UTF-16", '{"eventName":"é"}', { eventName: '"Ã©"' }],
    ["a name that stands elsewhere", '{"a":{"eventName":"x"},"b":[{"eventName":"y"}],"type":"z"}', {}],
    ["a name within a name", '{"eventNam":1,"eventNames":2,"ventName":3,"EventName":4,"":5}', {}],
    ["backslashes and dots where no field is", '{"a":{"b.c":1,"\\\\":2},"requestID":"a.b\\\\"}', {}],
    ["others twice", '{"eventID":1,"eventID":2,"userIdentity":{"a":1,"a":2}}', {}],
    [
      "a long message",
      `{"errorMessage":"${"x".repeat(5_000)}","eventName":"y"}`,
      { errorMessage: "s", eventName: '"y"' },
    ],
    [
      "a key in long",
      `{"${"x".repeat(5_000)}":1,"sessionCredentialFromConsole":"true"}`,
      { sessionCredentialFromConsole: '"true"' },
    ],
    ["fields of 2,048 bytes", `{"eventName":"${"x".repeat(2046)}"}`, { eventName: `"${"x".repeat(2046)}"` }],
  ])("knows %s", (_name, text, lines) => {
    expect(linesOf(sketchOf(text))).toEqual(lines);
  });

  test.each([
    ["an element that is no object", "[]"],
    ["a text", '"eventName"'],
    ["a key with an escape", '{"event\\u004eame":"x"}'],
    ["a key with a backslash", '{"a\\\\":1}'],
    ["a long key with a backslash", `{"${"x".repeat(40)}\\n${"x".repeat(40)}":1}`],
    ["a key with a dot", '{"userIdentity.type":"Root"}'],
    ["a long key with a dot at its end", '{"sessionCredentialFromConsole.":"Root"}'],
    ["a key with an escape on the way", '{"userIdentity":{"typ\\u0065":"Root"}}'],
    ["a key with a dot at the end of a way", '{"userIdentity":{"sessionContext":{"attributes":{"a.b":1}}}}'],
    ["a field twice", '{"eventName":"x","eventName":"x"}'],
    ["a field twice, once null", '{"eventName":null,"eventName":"x"}'],
    ["a kind twice", '{"errorMessage":1,"errorMessage":null}'],
    ["a way twice", '{"userIdentity":{"type":"Root"},"userIdentity":{}}'],
    ["a way twice, once null", '{"userIdentity":null,"userIdentity":null}'],
    ["a field twice within a way", '{"userIdentity":{"type":"Root","a":0,"type":"Root"}}'],
    ["an object where a scalar is due", '{"eventName":{}}'],
    ["a list where a scalar is due", '{"userIdentity":{"type":["Root"]}}'],
    ["a list on the way", '{"userIdentity":[{"type":"Root"}]}'],
    ["a string on the way", '{"userIdentity":"Root"}'],
    ["a number on the way", '{"userIdentity":{"sessionContext":0}}'],
    ["a field longer than 2,048 bytes", `{"eventName":"${"x".repeat(2047)}"}`],
    ...[
      '"2026-11-20T24:00:00Z"',
      '"2026-11-20"',
      '"2026-11-20T21:25:09"',
      '"2026-11-20T21:25:60Z"',
      '"2026-51-20T21:25:09Z"',
      '"2026-13-20T21:25:09Z"',
      '"2026-00-20T21:25:09Z"',
      '"2026-11-00T21:25:09Z"',
      '"2026-11-32T21:25:09Z"',
      '"2026-11-40T21:25:09Z"',
      "null",
      "1",
      '""',
      "[]",
    ].map((time) => [`the time ${time}`, `{"eventTime":${time}}`]),
  ])("has no sketch for %s", (_name, text) => {
    expect(sketchOf(text ?? "")).toBe(undefined);
    expect(sketchOf('{"eventName":"x"}')).not.toBe(undefined);
  });

  test("has equal numbers for equal texts, and others for others", () => {
    const texts = [
      { eventName: "a" },
      { eventName: "b", x: 1 },
      { y: 2, eventName: "a" },
      { eventName: "a", sourceIPAddress: "::" },
    ];
    const numbers = texts.map((one) => NAMES.map((name) => sketchOf(JSON.stringify(one))?.number(name)));
    const [a = [], b = [], sameAsA = [], elsewhere = []] = numbers;
    expect(sameAsA).toEqual(a);
    expect(b[CALL]).not.toBe(a[CALL]);
    expect(elsewhere[CALL]).toBe(a[CALL]);
    expect(elsewhere[ADDRESS]).not.toBe(a[ADDRESS]);
    expect(numbers.flat().includes(0)).toBe(false);
  });

  test("says how a text begins, whether it was asked for before or not", () => {
    const text = Buffer.from(`${JSON.stringify(ASSUMED_ROLE)}]`);
    scanner.scan(text, 0, text.length, true);
    const sketch = scanner.sketchOf(0);
    const begins = () => ['"ASIA', '"AKIA'].map((letters) => sketch?.begins(CREDENTIAL, letters));
    expect(begins()).toEqual([true, false]);
    sketch?.number(CREDENTIAL);
    expect(begins()).toEqual([true, false]);
  });

  test("is numbered the same whatever was seen before", () => {
    const names = Array.from({ length: 100 }, (_, i) => "x".repeat(i));
    const numbersOf = (some: readonly string[]) => {
      const list = some.map((eventName) => JSON.stringify({ eventName, awsRegion: eventName })).join(",");
      return scanned(scanner, Buffer.from(`${list}]`)).elements.map(({ sketch }) => sketch?.number(CALL));
    };
    const first = numbersOf(names);
    expect(new Set(first).size).toBe(names.length);
    expect(numbersOf(names.toReversed()).reverse()).toEqual(first);
    for (const [i, name] of names.entries()) expect(numbersOf([name])[0]).toBe(first[i]);
  });

  test("stays right when there are too many to be known all", () => {
    for (let round = 0; round < 60; round++) {
      const numbers = Array.from({ length: 1_000 }, (_, i) => round * 1_000 + i);
      const list = Buffer.from(
        `${numbers.map((n) => JSON.stringify({ eventName: `e${n}`, awsRegion: `r${n}` })).join()}]`,
      );
      const { because, elements } = scanned(scanner, list);
      expect({ because, count: elements.length }).toEqual({ because: "closed", count: numbers.length });
      for (const [i, { sketch }] of elements.entries()) {
        const n = numbers[i];
        // `expect` would take most of the time.
        const [name, region] = [sketch?.text(CALL).trim(), sketch?.text(CALLER).trim()];
        if (name !== `"e${n}"` || region !== `"r${n}"`) expect({ n, name, region }).toBe("right");
      }
      expect(new Set(elements.map(({ sketch }) => sketch?.number(CALL))).size).toBe(numbers.length);
    }
  });

  test("stays right when the names of one scan's sessions are more than can be kept", () => {
    const arns = Array.from({ length: 2_000 }, (_, i) => `arn:${i % 1_500}:${"x".repeat(1_400)}`);
    const list = Buffer.from(`${arns.map((arn) => JSON.stringify({ userIdentity: { arn } })).join()}]`);
    const { count } = scanner.scan(list, 0, list.length, true);
    expect(count).toBe(arns.length);
    const sketches = arns.map((_, i) => scanner.sketchOf(i));
    const numbers = sketches.map((sketch) => sketch?.number(SESSION));
    for (const [i, arn] of arns.entries()) {
      const text = sketches[i]?.text(SESSION);
      if (text !== `"${arn}"\n\n\n\n`) expect({ i, text }).toBe("right");
    }
    expect(new Set(numbers.slice(0, 1_500)).size).toBe(1_500);
    expect(numbers.slice(1_500)).toEqual(numbers.slice(0, 500));
    expect(sketches.map((sketch) => sketch?.number(SESSION))).toEqual(numbers);
    expect(numbers).not.toContain(0);
  });

  test("stays right when the calls of one scan are more than can be kept", () => {
    const long = "x".repeat(1_500);
    const rest = { eventSource: long, errorCode: long, eventType: long, eventCategory: long };
    const indices = Array.from({ length: 500 }, (_, i) => i);
    const records = indices.map((i) => JSON.stringify({ ...rest, eventName: `e${i}`, userIdentity: { arn: `a${i}` } }));
    const list = Buffer.from(`${records.join()}]`);
    let found = 0;
    for (let next = 0; found < records.length; ) {
      const { count, next: behind } = scanner.scan(list, next, list.length, found === 0);
      if (count === 0) throw new Error(`nothing is found behind record ${found}`);
      for (const i of indices.slice(0, count)) {
        const sketch = scanner.sketchOf(i);
        const session = `"a${found + i}"\n\n\n\n`;
        expect(sketch?.text(CALL)).toContain(`\n"e${found + i}"\n`);
        expect([sketch?.text(SESSION), sketch?.number(SESSION)]).toEqual([session, numberOf(session)]);
      }
      found += count;
      next = behind;
    }
    expect(found).toBe(records.length);
  });
});
