import { everyCall, NOW, type TestDesk, testDesk } from "../../support/desk-pipeline.ts";
import { logKey, record } from "../../support/log-files.ts";

const DAY = 86_400_000;
const usual = (email = "") => /^Usual {4}(.*)$/m.exec(email)?.[1];

/** Tells of one call at the desk's time, from an address. */
async function tells(desk: TestDesk, name: string, sourceIPAddress = "192.0.2.44") {
  await desk.deliver([record({ eventTime: new Date(desk.desk.now()).toISOString(), sourceIPAddress })], logKey(name));
  return desk.alerts.at(-1);
}

test("on the first day nothing is called usual or not; later a mail says how often its caller rang, and from where", async () => {
  const desk = testDesk([everyCall("high")]);
  const first = await tells(desk, "one");
  expect(usual(first?.email)).toBeUndefined();
  expect(JSON.parse(first?.json ?? "").usual).toBeNull();
  await desk.desk.advanceTo(NOW + 3 * DAY);
  const second = await tells(desk, "two", "198.51.100.7");
  expect(usual(second?.email)).toBe(
    `incident 2 of this caller in 3 days of alerts, the last was alert ${first?.id} on 2026-11-20; no alert before from 198.51.100.0/24`,
  );
  expect(JSON.parse(second?.json ?? "").usual).toEqual({
    days: 3,
    incidents: 1,
    lastAlert: first?.id,
    newNetworks: ["198.51.100.0/24"],
  });
  await desk.desk.advanceTo(NOW + 5 * DAY);
  expect(usual((await tells(desk, "three", "198.51.100.9"))?.email)).toBe(
    `incident 3 of this caller in 5 days of alerts, the last was alert ${second?.id} on 2026-11-23`,
  );
  const firstOf = async (userName: string) => {
    const arn = `arn:aws:iam::111122223333:user/${userName}`;
    const { alerts } = await desk.deliver(
      [record({ userIdentity: { type: "IAMUser", arn, userName } })],
      logKey(userName),
    );
    expect(alerts).toBe(1);
    return usual(desk.alerts.at(-1)?.email);
  };
  // Within a week that says nothing.
  expect(await firstOf("carl")).toBeUndefined();
  await desk.desk.advanceTo(NOW + 7 * DAY);
  expect(await firstOf("dora")).toBe("the first incident of this caller in 7 days of alerts");
  // What is older than 35 days is not remembered, and nothing is claimed of more.
  await desk.desk.advanceTo(NOW + 50 * DAY);
  expect(usual((await tells(desk, "five"))?.email)).toBe("the first incident of this caller in 35 days of alerts");
});

test("a follow-up counts its own incident once, and many networks make none of them new", async () => {
  const desk = testDesk([everyCall("high")]);
  await tells(desk, "one");
  await desk.desk.advanceTo(NOW + 2 * DAY);
  const first = await tells(desk, "two");
  for (let i = 0; i < 60; i++) await tells(desk, `n${i}`, `10.0.${i}.1`);
  await desk.desk.advanceTo(desk.desk.now() + 10 * 60_000);
  expect(desk.alerts.at(-1)?.kind).toBe("follow-up");
  expect(usual(desk.alerts.at(-1)?.email)).toMatch(
    /^incident 2 of this caller in 2 days of alerts, the last was alert \w+/,
  );
  expect(usual(desk.alerts.at(-1)?.email)).not.toContain(first?.id);
  await desk.desk.advanceTo(NOW + 9 * DAY);
  expect(usual((await tells(desk, "last", "172.16.0.1"))?.email)).not.toContain("172.16");
});

test("a caller's past that cannot be read is kept, and nothing is claimed of him", async () => {
  const desk = testDesk([everyCall("high")]);
  await tells(desk, "one");
  await desk.desk.advanceTo(NOW + 3 * DAY);
  const [key = ""] = desk.keys("past#");
  const item = (await desk.store.read([key], desk.desk.now())).get(key);
  await desk.store.commit([{ key, expected: item?.version ?? 0, next: { body: { incidents: "many" } } }]);
  expect(usual((await tells(desk, "two"))?.email)).toBeUndefined();
  expect((await desk.store.read([key], desk.desk.now())).get(key)?.body).toEqual({ incidents: "many" });
});
