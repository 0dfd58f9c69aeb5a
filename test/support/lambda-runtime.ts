import { spawn } from "node:child_process";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { end, ending } from "./child.ts";
import type { Invocation } from "./deployed.ts";

/** A function as Lambda holds it. */
export interface DeployedPackage {
  /** Where its code is unpacked. */
  readonly folder: string;
  /** `index.handler` */
  readonly handler: string;
  readonly variables: { readonly [name: string]: string };
  /** In seconds. */
  readonly timeout: number;
}

/**
 * Runs a function for one event, as Lambda does: in a process of its own with nothing but its own variables, which asks the
 * runtime API for its work (Lambda Developer Guide, "Using the Lambda runtime API for custom runtimes").
 */
export async function runAsLambda(
  { folder, handler, variables, timeout }: DeployedPackage,
  event: unknown,
  more: { readonly [name: string]: string },
): Promise<Invocation> {
  let answered: (answer: Invocation) => void = () => undefined;
  const answer = new Promise<Invocation>((resolve) => {
    answered = resolve;
  });
  let isTaken = false;
  const server = createServer(async (request, response) => {
    const path = request.url?.replace("/2018-06-01/runtime/", "");
    if (path === "invocation/next") {
      // Nobody answers who asks for another one: the process is frozen until it is ended.
      if (!isTaken) hand(response, event, timeout);
      isTaken = true;
      return;
    }
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const said = JSON.parse(Buffer.concat(chunks).toString());
    response.writeHead(202).end();
    answered(path?.endsWith("/response") ? { result: said } : { error: said });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const child = ending(
    spawn(process.execPath, ["test/support/lambda-bootstrap.mjs"], {
      stdio: ["ignore", "pipe", "inherit"],
      env: {
        ...variables,
        ...more,
        AWS_LAMBDA_RUNTIME_API: `127.0.0.1:${(server.address() as AddressInfo).port}`,
        LAMBDA_TASK_ROOT: folder,
        _HANDLER: handler,
      },
    }),
  );
  const lines: string[] = [];
  child.stdout.setEncoding("utf8").on("data", (text: string) => lines.push(...text.split("\n").filter(Boolean)));
  const ended = new Promise<Invocation>((resolve) =>
    child.on("exit", (code) => resolve({ error: { errorType: "Runtime.ExitError", errorMessage: `exit ${code}` } })),
  );
  const invocation = await Promise.race([answer, ended]);
  await end(child);
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  return { ...invocation, lines };
}

function hand(response: ServerResponse, event: unknown, timeout: number): void {
  response.writeHead(200, {
    "Lambda-Runtime-Aws-Request-Id": "8476a536-e9f4-11e8-9739-2dfe598c3fcd",
    "Lambda-Runtime-Deadline-Ms": String(Date.now() + timeout * 1000),
  });
  response.end(JSON.stringify(event));
}
