import { mkdtempSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readSettings } from "../../lib/settings.ts";
import { commandIn } from "../support/command.ts";
import { HAS_MOTO, type Moto, motoTest, startMoto } from "../support/moto.ts";

let moto: Moto;
beforeAll(async () => {
  if (HAS_MOTO) moto = await startMoto();
});
afterAll(() => moto?.stop());

const accounts = (endpoint: string, ...args: readonly string[]) =>
  commandIn(
    {
      AWS_ENDPOINT_URL: endpoint,
      AWS_REGION: "eu-central-1",
      AWS_ACCESS_KEY_ID: "local",
      AWS_SECRET_ACCESS_KEY: "local",
    },
    "accounts",
    args,
  );

/** What an administrator does. */
async function organizations(operation: string, body: object) {
  const answer = await fetch(moto.endpoint, {
    method: "POST",
    headers: {
      "content-type": "application/x-amz-json-1.1",
      "x-amz-target": `AWSOrganizationsV20161128.${operation}`,
      authorization: "AWS4-HMAC-SHA256 Credential=local/20261120/us-east-1/organizations/aws4_request",
    },
    body: JSON.stringify(body),
  });
  return (await answer.json()) as { readonly CreateAccountStatus: { readonly AccountId: string } };
}

async function account(AccountName: string, tags: { readonly [key: string]: string }): Promise<string> {
  const Tags = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
  const made = await organizations("CreateAccount", { AccountName, Email: "root@example.com", Tags });
  return made.CreateAccountStatus.AccountId;
}

motoTest("what it writes names, tags and routes the organization's accounts, and settings read it", async () => {
  await organizations("CreateOrganization", { FeatureSet: "ALL" });
  const shop = await account("shop", { owner: "pay@example.com ops@example.com", team: "money" });
  const bank = await account("bank", { owner: "pay@example.com ops@example.com", team: "money" });
  const pay = await account("p".repeat(45), { owner: "pay@example.org" });
  const lab = await account("lab", { team: "research" });
  const { code, stdout, stderr } = await accounts(moto.endpoint, "--tag", "team", "--owner", "owner");
  expect({ code, stderr }).toEqual({ code: 0, stderr: "5 accounts, 2 routes\n" });
  const written = JSON.parse(stdout);
  const ids = Object.keys(written.accounts);
  expect(ids).toHaveLength(5);
  expect(ids).toEqual([...ids].sort());
  expect(written).toEqual({
    accounts: expect.objectContaining({ [shop]: "shop", [bank]: "bank", [pay]: `${"p".repeat(39)}…` }),
    tags: { money: [shop, bank].sort(), research: [lab] },
    routes: [
      { name: "pay", accounts: [shop, bank].sort(), emails: ["pay@example.com", "ops@example.com"] },
      { name: "pay-2", accounts: [pay], emails: ["pay@example.org"] },
    ],
  });

  const folder = mkdtempSync(join(tmpdir(), "trailbell-accounts-"));
  writeFileSync(join(folder, "accounts.json"), stdout);
  const file = join(folder, "trailbell.config.yaml");
  writeFileSync(
    file,
    `source: new-trail
emails: [you@example.com]
accountsFrom: accounts.json
accounts: { "${bank}": our bank }
tags: { research: ["111122223333"] }
routes: [{ name: pay, tags: [money], severity: critical, emails: [cfo@example.com] }]
`,
  );
  const settings = readSettings(file, () => undefined);
  expect(settings.accounts).toMatchObject({ [shop]: "shop", [bank]: "our bank" });
  expect(settings.tags).toEqual({ money: [shop, bank].sort(), research: ["111122223333"] });
  // Who writes a route of that name by hand means that one.
  expect(settings.routes.map(({ name, emails }) => [name, emails])).toEqual([
    ["pay", ["cfo@example.com"]],
    ["pay-2", ["pay@example.org"]],
  ]);

  const plain = JSON.parse((await accounts(moto.endpoint)).stdout);
  expect(plain).toEqual({ accounts: written.accounts });
});

test("throttled pages are asked again, and a refusal says who may ask", async () => {
  /** What is answered, one after another; the last again and again. */
  let answers: readonly (readonly [status: number, body: object])[] = [];
  const bodies: unknown[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    bodies.push(JSON.parse(Buffer.concat(chunks).toString()));
    const [status, body] = answers[Math.min(bodies.length, answers.length) - 1] ?? [500, {}];
    response.writeHead(status).end(JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const refusing = (__type: string) => [400, { __type, Message: "no" }] as const;
  answers = [
    refusing("TooManyRequestsException"),
    [200, { Accounts: [{ Id: "222233334444", Name: "test" }], NextToken: "more" }],
    refusing("TooManyRequestsException"),
    [200, { Accounts: [{ Id: "111122223333", Name: "prod" }] }],
  ];
  const { code, stdout } = await accounts(endpoint);
  expect({ code, accounts: Object.entries(JSON.parse(stdout).accounts) }).toEqual({
    code: 0,
    accounts: [
      ["111122223333", "prod"],
      ["222233334444", "test"],
    ],
  });
  expect(bodies.splice(0)).toEqual([{}, {}, { NextToken: "more" }, { NextToken: "more" }]);

  answers = [refusing("AccessDeniedException")];
  expect(await accounts(endpoint)).toMatchObject({
    code: 1,
    stdout: "",
    stderr: expect.stringMatching(
      /AccessDeniedException: no\): use the management account or a delegated administrator/,
    ),
  });
  expect(bodies).toHaveLength(1);
  answers = [refusing("AWSOrganizationsNotInUseException")];
  expect((await accounts(endpoint)).stderr).toMatch(/^the account of your shell is in no organization$/m);
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

const from = (value: object, more: { readonly [name: string]: string } = {}) =>
  readSettings(
    "none.yaml",
    (name) => ({ source: "new-trail", emails: "you@example.com", accountsFrom: JSON.stringify(value), ...more })[name],
  );
const many = (count: number) =>
  Array.from({ length: count }, (_, n) => ({ name: `r${n}`, severity: "high", emails: ["a@example.com"] }));

test("routes by hand and routes from Organizations are counted together", () => {
  const mine = { routes: JSON.stringify([{ name: "mine", severity: "high", emails: ["a@example.com"] }]) };
  expect(from({ routes: many(19) }, mine).routes).toHaveLength(20);
  expect(() => from({ routes: many(20) }, mine)).toThrow(
    /^-c routes: routes has at most 20 entries, those of accountsFrom/,
  );
});

test.each<[string, object, RegExp]>([
  ["another setting", { phones: [] }, /^-c accountsFrom: .*phones/],
  ["an account that is none", { accounts: { prod: "1" } }, /^-c accountsFrom: .*twelve digits/],
  ["a route too many", { routes: many(21) }, /^-c accountsFrom: routes has at most 20 entries$/],
])("%s in accountsFrom is refused by name", (_, value, message) => {
  expect(() => from(value)).toThrow(message);
});
