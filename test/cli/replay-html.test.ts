import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { SentAlert } from "../../cli/replay/alerts.ts";
import { chartOf } from "../../cli/replay/html/chart.ts";
import { pageData } from "../../cli/replay/html/data.ts";
import { Tallies } from "../../cli/replay/tallies.ts";
import { CHROMIUM, openPage } from "../support/browser.ts";
import { command } from "../support/command.ts";
import { HOSTILE } from "../support/hostile.ts";
import { ACCOUNT, record } from "../support/log-files.ts";
import { first, skippedTest, thorough, thoroughTest } from "../support/runs.ts";

const folder = mkdtempSync(join(tmpdir(), "trailbell-replay-html-"));
const path = (name: string) => join(folder, name);
const file = (name: string, content: string) => {
  writeFileSync(path(name), content);
  return path(name);
};

/** Texts that would be markup, or a script, if they were put into a page as they are. */
const MARKUP = [
  "</script><script>window.ran=1</script>",
  "<img src=x onerror=window.ran=1>",
  "<!--<script>",
  '"><svg/onload=window.ran=1>',
  "&lt;b&gt; &amp;",
  "<style>*{display:none}</style>",
  "javascript:window.ran=1",
  ...HOSTILE.filter((text) => text.length < 1_000),
];

const hostileLog = file(
  "hostile.json",
  JSON.stringify(
    MARKUP.map((text, i) =>
      record({
        eventTime: new Date(Date.parse("2026-11-20T12:00:00Z") + i * 3_600_000).toISOString(),
        userAgent: text,
        sourceIPAddress: text,
        requestParameters: { userName: text, [text]: text },
        userIdentity: {
          type: "AssumedRole",
          arn: `arn:aws:sts::${ACCOUNT}:assumed-role/r${i}/${text}`,
          principalId: `AROAEXAMPLE${i}:${text}`,
          accountId: ACCOUNT,
          sessionContext: {
            sessionIssuer: { type: "Role", arn: `arn:aws:iam::${ACCOUNT}:role/${text}`, userName: text },
          },
        },
      }),
    ),
  ),
);
const rules = file(
  "rules.yaml",
  `rules:
  - { name: key, severity: high, description: Access key made, calls: [iam:CreateAccessKey] }
  - { name: gone, severity: critical, calls: [iam:DeleteUser] }`,
);

/** A page as it was written, taken apart. */
function parsed(name: string) {
  const page = readFileSync(path(name), "utf8");
  const scripts = Array.from(page.matchAll(/<script([^>]*)>([\s\S]*?)<\/script>/g), ([, kind = "", text = ""]) => ({
    kind,
    text,
  }));
  const [policy = ""] = /(?<=http-equiv="Content-Security-Policy" content=")[^"]*/.exec(page) ?? [];
  return {
    page,
    policy,
    data: JSON.parse(scripts.find(({ kind }) => kind.includes('id="data"'))?.text ?? ""),
    chart: JSON.parse(scripts.find(({ kind }) => kind.includes('id="chart-data"'))?.text ?? ""),
    code: scripts.filter(({ kind }) => !kind.includes("application/json")).map(({ text }) => text),
    kinds: scripts.map(({ kind }) => kind.trim()),
    styles: Array.from(page.matchAll(/<style>([\s\S]*?)<\/style>/g), ([, text = ""]) => text),
  };
}

const KINDS = ['type="application/json" id="data"', 'type="application/json" id="chart-data"', "", 'type="module"'];
const hashOf = (text: string) => `'sha256-${createHash("sha256").update(text).digest("base64")}'`;
const lines = (stdout: string) =>
  stdout
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line));

test.each([
  ["the samples", "events/trail-bucket", [], 5],
  ["texts that would be markup", hostileLog, ["--rules", rules], 12],
] as const)("of %s, the page holds what --alerts --json says, with mails and records", async (_, log, more, least) => {
  const { code, stderr, stdout } = await command("replay", log, ...more, "--json", "--html", path("page.html"));
  expect({ code, stderr }).toEqual({ code: 0, stderr: expect.stringContaining(`Wrote ${path("page.html")}, `) });
  const sent = lines(stdout);
  expect(sent.length).toBeGreaterThan(least);
  expect(lines((await command("replay", log, ...more, "--alerts", "--json")).stdout)).toEqual(sent);
  const { data, chart, kinds } = parsed("page.html");
  expect(data.alerts).toEqual(sent.map((line) => expect.objectContaining(line)));
  expect(data).toMatchObject({ mails: sent.length, left: {} });
  for (const alert of first(3, data.alerts as typeof sent)) {
    const { stdout: mail } = await command("replay", log, ...more, "--explain", alert.id);
    expect(mail).toContain(`Subject: ${alert.subject}\n\n${alert.email}`);
    if (alert.kind !== "round-up") expect(alert.records[0].record.eventTime).toMatch(/^2026-11-2/);
  }
  expect(chart.counts.flat().reduce((a: number, b: number) => a + b)).toBeGreaterThan(least);
  expect(kinds).toEqual(KINDS);
});

test("no text of a record is markup, and the policy allows these scripts and styles and no others", async () => {
  await command("replay", hostileLog, "--rules", rules, "--html", path("hostile.html"));
  const { page, policy, code, styles, kinds, data } = parsed("hostile.html");
  expect(kinds).toEqual(KINDS);
  expect(JSON.stringify(data)).toContain("onerror=window.ran=1");
  expect(page).not.toMatch(/<img|<svg|<script>window|<b>|<style>\*/i);
  const directives = Object.fromEntries(policy.split("; ").map((one) => [one.split(" ")[0], one.split(" ").slice(1)]));
  expect(directives).toEqual({
    "default-src": ["'none'"],
    "script-src": code.map(hashOf),
    "style-src": styles.map(hashOf),
    "img-src": ["data:"],
    "base-uri": ["'none'"],
    "form-action": ["'none'"],
    "require-trusted-types-for": ["'script'"],
    "trusted-types": ["'none'"],
  });
  expect(code).toHaveLength(2);
  expect(code[0]).toContain("Permission is hereby granted");
  const markup = page.replace(/(<(script|style)[^>]*>)[\s\S]*?<\/\2>/g, "$1");
  expect(markup).toContain("<h1>");
  expect(markup).not.toMatch(/\s(?:src|href|on\w+|style)=/);
});

test("the page is for its owner's eyes, is written anew in its place, and through no link", async () => {
  const replay = () => command("replay", hostileLog, "--rules", rules, "--html", path("own.html"));
  await replay();
  expect(statSync(path("own.html")).mode & 0o777).toBe(0o600);
  const first = readFileSync(path("own.html"), "utf8");
  symlinkSync(path("own.html"), path("link.html"));
  expect(await command("replay", "events/trail-bucket", "--html", path("link.html"))).toMatchObject({ code: 0 });
  expect(readFileSync(path("own.html"), "utf8")).toBe(first);
  expect(await replay()).toMatchObject({ code: 0 });
  expect(readdirSync(folder).filter((name) => name.endsWith(".new"))).toEqual([]);
});

mkdirSync(path("folder"));
const others = file("others.yaml", "packs: [rules]\n");
test.each(
  first(2, [
    ["a folder", path("folder"), "is a folder; name a file, such as "],
    ["a folder that is not there", path("none/page.html"), `there is no folder ${path("none")}`],
    ["a file that is no page of replay's", others, "is there, and no page of replay's"],
    ["a device", "/dev/null", "is there, and no page of replay's"],
    ["nothing", "", "--html needs the name of a file"],
  ]),
)("%s is refused before anything is read, and says why", async (_, name, why) => {
  const { code, stderr, stdout } = await command("replay", "events/trail-bucket", "--html", name);
  expect({ code, stderr, stdout }).toEqual({ code: 2, stderr: expect.stringContaining(why), stdout: "" });
  expect(readFileSync(others, "utf8")).toBe("packs: [rules]\n");
});

const START = Date.parse("2026-11-20T12:00:00Z");
const sentAlert = (i: number, severity: SentAlert["alert"]["severity"], fields = {}): SentAlert => {
  const id = i.toString(16).padStart(8, "0");
  const part = {
    id,
    fullId: id,
    severity,
    rule: "key",
    rules: { key: 1 },
    subject: "s",
    detail: "",
    accountId: ACCOUNT,
  };
  const one = { ...part, actor: "a", outcome: "success", matches: 1, isTexted: false, incident: id, ...fields };
  const alert = { ...part, kind: "alert", matches: 1, listed: 1, email: "mail", json: '{"records":[]}' } as const;
  return { sentAt: START + i * 60_000, alert: { ...alert, parts: [one] } };
};

thoroughTest(
  "of more alerts than there is room for, the gravest are in the page in their order, and the others are counted",
  () => {
    const sent = Array.from({ length: 40 }, (_, i) =>
      sentAlert(i, i % 4 === 3 ? "critical" : i % 2 === 0 ? "low" : "medium"),
    );
    const outcome = { sent, texts: [], copies: new Map(), learning: 0 };
    const summarized = {
      rules: [],
      tallies: new Tallies(),
      files: 1,
      records: 40,
      outcome,
      told: {
        emails: [],
        endpoints: [],
        phones: [],
        alertTopic: undefined,
        healthTopic: undefined,
        routes: [],
        bus: undefined,
      },
      unmatched: false,
      now: START,
    };
    const limited = (limits: { readonly alerts: number; readonly size: number }) =>
      pageData(summarized, { accounts: { [ACCOUNT]: "prod" }, notes: [], limits });
    const { alerts, left, mails } = limited({ alerts: 14, size: 1e6 });
    expect(alerts.map(({ severity }) => severity).sort()).toEqual([
      ...Array(10).fill("critical"),
      ...Array(4).fill("medium"),
    ]);
    expect(alerts.map(({ sentAt }) => sentAt)).toEqual(alerts.map(({ sentAt }) => sentAt).sort());
    expect({ left, mails }).toEqual({ left: { medium: 6, low: 20 }, mails: 40 });
    expect(alerts[0]?.accounts).toEqual([`prod (${ACCOUNT})`]);
    expect(limited({ alerts: 100, size: 3 * 18 }).left).toEqual({ critical: 7, medium: 10, low: 20 });
  },
);

test("in the chart an incident stands once, where it began and as grave as the worst that was told of it", () => {
  const { start, step, bars, counts } = chartOf([
    sentAlert(0, "medium", { firstTime: START }),
    sentAlert(90, "critical", { incident: "00000000", firstTime: START + 90 * 60_000 }),
    sentAlert(200, "low", { firstTime: START + 200 * 60_000 }),
  ]);
  const at = (time: number) => counts.map((row) => row[Math.floor((time - start) / step)]);
  expect(at(START)).toEqual([1, 0, 0, 0, 0]);
  expect(at(START + 200 * 60_000)).toEqual([0, 0, 0, 1, 0]);
  expect(counts.flat().reduce((a, b) => a + b)).toBe(2);
  for (const row of counts) expect(row).toHaveLength(bars);
});

test.each([
  ["one moment", [0], 12],
  ["a quarter", [0, 90 * 86_400_000], 60],
  ["times that no log has", [-START, 8e15 - START], 60],
])("the chart of %s has few bars", (_, times, most) => {
  const { bars, counts } = chartOf(times.map((time, i) => sentAlert(i, "low", { firstTime: START + time })));
  expect(bars).toBeLessThanOrEqual(most);
  expect(counts.flat().reduce((a, b) => a + b)).toBe(times.length);
});

const browserTest = CHROMIUM === undefined ? skippedTest("needs Chromium") : test;

thorough(browserTest)(
  "in a browser nothing of a record runs, filters find, and a row opens the mail and its records",
  async () => {
    const { stdout } = await command("replay", hostileLog, "--rules", rules, "--json", "--html", path("driven.html"));
    const sent = lines(stdout);
    const page = await openPage(CHROMIUM ?? "", pathToFileURL(path("driven.html")).href);
    try {
      const rows = "document.querySelectorAll('tr.alert').length";
      await page.until(`${rows} === ${sent.length}`);
      expect(await page.value("document.querySelector('#chart canvas').width > 100")).toBe(true);
      expect(await page.value("document.getElementById('figures').textContent")).toContain(`${sent.length} mails and `);

      // Everything is opened, by the keys alone for the first.
      await page.value("document.querySelector('tr.alert button').focus()");
      for (const type of ["rawKeyDown", "char", "keyUp"])
        await page.send("Input.dispatchKeyEvent", {
          type,
          key: "Enter",
          code: "Enter",
          text: "\r",
          windowsVirtualKeyCode: 13,
        });
      await page.until("document.querySelectorAll('tr.detail').length === 1");
      expect(await page.value("document.querySelector('tr.detail pre').textContent")).toContain(
        `Subject: ${sent[0].subject}\n`,
      );
      await page.value("document.querySelectorAll('tr.alert:not(.open) button').forEach((one) => one.click())");
      await page.value("document.querySelectorAll('tr.detail details').forEach((one) => (one.open = true))");
      await page.until("[...document.querySelectorAll('tr.detail details')].every((one) => one.querySelector('pre'))");
      const shown = JSON.parse(
        String(
          await page.value(
            "JSON.stringify([...document.querySelectorAll('details pre')].map((one) => one.textContent))",
          ),
        ),
      ).map((text: string) => JSON.parse(text));
      // What could not be seen is written as JSON writes it, and is the same.
      expect(shown.map(({ userAgent }: { userAgent: string }) => userAgent).sort()).toEqual(
        [...MARKUP].sort().map((text) => (text.toWellFormed() === text ? text : expect.any(String))),
      );

      expect(await page.value("window.ran")).toBeUndefined();
      expect(await page.value("document.querySelectorAll('img, svg, b, iframe, a').length")).toBe(0);

      const type = (text: string) =>
        page.value(
          `{ const field = document.querySelector('input'); field.value = ${JSON.stringify(text)}; field.dispatchEvent(new Event('input', { bubbles: true })); }`,
        );
      await type("ONERROR=window.ran");
      await page.until(`${rows} === 1`);
      expect(await page.value("document.getElementById('count').textContent")).toBe(`1 of ${sent.length} alerts`);
      await type("no such text");
      await page.until(`${rows} === 0`);
      await page.value("document.querySelector('button[type=reset]').click()");
      await page.until(`${rows} === ${sent.length}`);
      for (const name of ["severities", "rules", "actors", "accounts"]) {
        const select = `document.querySelector('select[name=${name}]')`;
        const count = await page.value(
          `{ const select = ${select}; select.selectedIndex = select.options.length - 1; select.dispatchEvent(new Event('input', { bubbles: true })); Number(/\\((\\d+)\\)$/.exec(select.selectedOptions[0].text)[1]); }`,
        );
        expect(count).toBeGreaterThan(0);
        await page.until(`${rows} === ${count}`);
        await page.value("document.querySelector('button[type=reset]').click()");
        await page.until(`${rows} === ${sent.length}`);
      }

      // On a phone nothing is wider than the screen, in the dark as well.
      await page.send("Emulation.setDeviceMetricsOverride", {
        width: 360,
        height: 740,
        deviceScaleFactor: 2,
        mobile: true,
      });
      await page.send("Emulation.setEmulatedMedia", { features: [{ name: "prefers-color-scheme", value: "dark" }] });
      await page.until("innerWidth === 360 && document.querySelector('.uplot').clientWidth < 360");
      expect(await page.value("document.documentElement.scrollWidth")).toBe(360);
      expect(await page.value("getComputedStyle(document.querySelector('tr.alert')).display")).toBe("grid");
      expect(await page.value("getComputedStyle(document.body).backgroundColor")).toBe("rgb(20, 23, 27)");
      expect(page.complaints).toEqual([]);
      expect(page.requests).toEqual([pathToFileURL(path("driven.html")).href]);
    } finally {
      await page.close();
    }
  },
);
