import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { commandIn } from "../support/command.ts";

/** The regions that requests were signed for. */
const regions: string[] = [];
const server = createServer((incoming, outgoing) => {
  regions.push(/Credential=[^/]*\/\d+\/([\w-]+)\//.exec(incoming.headers.authorization ?? "")?.[1] ?? "");
  // A queue in which nothing waits.
  incoming
    .resume()
    .on("end", () => outgoing.writeHead(200, { "content-type": "application/x-amz-json-1.0" }).end("{}"));
});
await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
afterAll(() => {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(resolve));
});
beforeEach(() => regions.splice(0));

const redrive = (args: readonly string[], AWS_REGION = "") =>
  commandIn(
    {
      AWS_ENDPOINT_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      AWS_REGION,
      AWS_DEFAULT_REGION: "",
      AWS_CONFIG_FILE: "/dev/null",
      AWS_ACCESS_KEY_ID: "local",
      AWS_SECRET_ACCESS_KEY: "local",
    },
    "redrive",
    args,
  );

const QUEUE = "https://sqs.eu-central-1.amazonaws.com/111122223333/DeadLetters";

test.each<[string, readonly string[], string, string]>([
  ["given", ["--queue", QUEUE, "--region", "ap-southeast-1"], "us-east-1", "ap-southeast-1"],
  ["in the queue's address", ["--queue", QUEUE], "us-east-1", "eu-central-1"],
  [
    "in the address of the European Sovereign Cloud",
    ["--queue", "https://sqs.eusc-de-east-1.amazonaws.eu/111122223333/DeadLetters"],
    "us-east-1",
    "eusc-de-east-1",
  ],
  ["of the shell", ["--queue", "https://vpce-1.example.com/111122223333/DeadLetters"], "us-west-2", "us-west-2"],
])("the region is the one %s", async (_, args, shell, region) => {
  expect(await redrive(args, shell)).toMatchObject({ code: 0, stdout: "0 letters recovered, 0 kept\n", stderr: "" });
  expect(new Set(regions)).toEqual(new Set([region]));
});

test("a region that is none is a mistake in the command line", async () => {
  const { code, stderr } = await redrive(["--queue", QUEUE, "--region", "here"]);
  expect({ code, stderr }).toEqual({
    code: 2,
    stderr: "--region is a region such as us-east-1\nUse --help for more.\n",
  });
});
