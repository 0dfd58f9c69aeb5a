// A Lambda runtime (Lambda Developer Guide, "Using the Lambda runtime API for custom runtimes"): loads the handler, then asks
// for one invocation after another, hands each to the handler, and posts what it returns or throws.
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const { AWS_LAMBDA_RUNTIME_API, LAMBDA_TASK_ROOT = "", _HANDLER = "" } = process.env;
const api = `http://${AWS_LAMBDA_RUNTIME_API}/2018-06-01/runtime`;
const [file, name] = _HANDLER.split(".");
const post = (path, value) => fetch(`${api}/${path}`, { method: "POST", body: JSON.stringify(value) });
// The API tells the end in real time, and a test may have set the clock.
const realNow = () => performance.timeOrigin + performance.now();
const errorOf = ({ name: errorType, message: errorMessage }) => ({ errorType, errorMessage });

let handler;
try {
  ({ [name]: handler } = await import(pathToFileURL(join(LAMBDA_TASK_ROOT, `${file}.mjs`)).href));
} catch (error) {
  await post("init/error", errorOf(error));
  process.exit(1);
}
for (;;) {
  const next = await fetch(`${api}/invocation/next`);
  const id = next.headers.get("lambda-runtime-aws-request-id");
  const end = Number(next.headers.get("lambda-runtime-deadline-ms"));
  const context = { awsRequestId: id, getRemainingTimeInMillis: () => end - realNow() };
  try {
    await post(`invocation/${id}/response`, await handler(await next.json(), context));
  } catch (error) {
    await post(`invocation/${id}/error`, errorOf(error));
  }
}
