import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Duplex } from "node:stream";
import { setTimeout as wait } from "node:timers/promises";
import { end, ending } from "./child.ts";

/** The Chromium of this machine, if it has one. */
export const CHROMIUM = ["chromium", "chromium-browser", "google-chrome"].find(
  (name) => spawnSync(name, ["--version"]).status === 0,
);

/** A page in a headless Chromium. */
export interface BrowserPage {
  /** The value of an expression there. */
  value(expression: string): Promise<unknown>;
  /** Waits until an expression is true. */
  until(expression: string): Promise<void>;
  /** Sends a command of Chromium's DevTools protocol. */
  send(method: string, params?: object): Promise<{ readonly [field: string]: unknown }>;
  /** What it wrote on its console, refusals by its policy among it, and the addresses that it asked for. */
  readonly complaints: readonly string[];
  readonly requests: readonly string[];
  close(): Promise<void>;
}

interface Message {
  readonly id?: number;
  readonly method?: string;
  readonly params?: {
    readonly request?: { readonly url: string };
    readonly entry?: { readonly text: string };
    readonly exceptionDetails?: { readonly text: string };
    readonly message?: string;
  };
  readonly result?: { readonly [field: string]: unknown };
  readonly error?: { readonly message: string };
}

/** Opens an address in a Chromium of its own, which speaks the DevTools protocol over two pipes. */
export async function openPage(chromium: string, url: string): Promise<BrowserPage> {
  const profile = mkdtempSync(join(tmpdir(), "trailbell-chromium-"));
  const flags = ["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--remote-debugging-pipe"];
  const child = ending(
    spawn(chromium, [...flags, `--user-data-dir=${profile}`], {
      stdio: ["ignore", "ignore", "ignore", "pipe", "pipe"],
    }),
  );
  const [toBrowser, fromBrowser] = [child.stdio[3], child.stdio[4]] as [Duplex, Duplex];
  const waiting = new Map<number, (message: Message) => void>();
  const complaints: string[] = [];
  const requests: string[] = [];
  const take = (message: Message) => {
    if (message.id !== undefined) waiting.get(message.id)?.(message);
    const { params } = message;
    if (message.method === "Network.requestWillBeSent") requests.push(params?.request?.url ?? "");
    if (message.method === "Log.entryAdded") complaints.push(params?.entry?.text ?? "");
    if (message.method === "Runtime.exceptionThrown") complaints.push(params?.exceptionDetails?.text ?? "");
    if (message.method === "Page.javascriptDialogOpening") complaints.push(`dialog: ${params?.message}`);
  };
  let rest = "";
  fromBrowser.setEncoding("utf8").on("data", (text: string) => {
    const messages = (rest + text).split("\0");
    rest = messages.pop() ?? "";
    for (const message of messages) take(JSON.parse(message));
  });
  let last = 0;
  let sessionId: unknown;
  const send = async (method: string, params: object = {}) => {
    const id = ++last;
    const answered = new Promise<Message>((resolve) => waiting.set(id, resolve));
    toBrowser.write(`${JSON.stringify({ id, method, params, ...(sessionId !== undefined && { sessionId }) })}\0`);
    const { result = {}, error } = await answered;
    if (error !== undefined) throw new Error(`${method}: ${error.message}`);
    return result;
  };
  const value = async (expression: string) => {
    const { result, exceptionDetails } = await send("Runtime.evaluate", { expression, returnByValue: true });
    if (exceptionDetails !== undefined) throw new Error(`${expression}: ${JSON.stringify(exceptionDetails)}`);
    return (result as { readonly value?: unknown }).value;
  };
  const { targetId } = await send("Target.createTarget", { url: "about:blank" });
  ({ sessionId } = await send("Target.attachToTarget", { targetId, flatten: true }));
  for (const domain of ["Page", "Runtime", "Log", "Network"]) await send(`${domain}.enable`);
  await send("Page.navigate", { url });
  const page: BrowserPage = {
    value,
    async until(expression) {
      for (let tries = 0; tries < 200; tries++) {
        if ((await value(expression)) === true) return;
        await wait(50);
      }
      throw new Error(`never true: ${expression}`);
    },
    send,
    complaints,
    requests,
    async close() {
      const closed = new Promise((resolve) => child.on("close", resolve));
      toBrowser.write(`${JSON.stringify({ id: ++last, method: "Browser.close" })}\0`);
      await Promise.race([closed, wait(5_000, undefined, { ref: false })]);
      await end(child);
      rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
    },
  };
  await page.until(`location.href !== "about:blank" && document.readyState === "complete"`);
  return page;
}
