import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { Invocation } from "./deployed.ts";

/** Lambda's Invoke operation on this machine (Lambda API Reference, "Invoke"), for one function that hands its failures to a queue. */
export async function startLambdaApi(invoke: (event: unknown) => Promise<Invocation>, destination: string) {
  const server = createServer((incoming, outgoing) => {
    if (incoming.url?.endsWith("/event-invoke-config")) {
      const isOwn = decodeURIComponent(incoming.url).includes(":function:alerter");
      outgoing.end(JSON.stringify(isOwn ? { DestinationConfig: { OnFailure: { Destination: destination } } } : {}));
      return;
    }
    const chunks: Buffer[] = [];
    incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
    incoming.on("end", async () => {
      const { result, error } = await invoke(JSON.parse(Buffer.concat(chunks).toString()));
      outgoing.writeHead(200, error === undefined ? {} : { "x-amz-function-error": "Unhandled" });
      outgoing.end(JSON.stringify(error ?? result));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
