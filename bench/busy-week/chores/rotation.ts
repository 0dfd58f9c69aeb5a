import { type Act, DAY, type Day, type Doing, MINUTE } from "../act.ts";
import { lambda } from "../callers.ts";
import { Hand } from "../hand.ts";
import { KEYS, type KeyName, keyAt, rotationOf } from "../pipelines/keys.ts";
import { byHand } from "./chore.ts";

/** The keys that a job replaces; all others are replaced by hand. */
const BY_A_JOB: readonly KeyName[] = ["mailer"];

/** The long-term keys that get a successor on a day. */
export function* rotations(day: Day): Generator<Doing> {
  for (const name of Object.keys(KEYS) as KeyName[]) {
    const start = rotationOf(KEYS[name]);
    if (start === undefined || start < day.start || start >= day.start + DAY) continue;
    const random = day.randomFor(`${name}/rotation`);
    const { account } = KEYS[name];
    const byPerson = byHand(
      "platform",
      { permissionSet: "AdministratorAccess", account: account.name, way: "command line" },
      (hand) => rotate(hand, name),
    );
    const byJob = () =>
      rotate(
        new Hand(lambda(account, "key-rotation", start, random), account, start, random, { pace: [300, 2_000] }),
        name,
      );
    yield { start, acts: () => (BY_A_JOB.includes(name) ? byJob() : byPerson(start, random, day)) };
  }
}

/** A new key is made; once it works, the old one is switched off, and then deleted. */
function* rotate(hand: Hand, name: KeyName): Generator<Act> {
  const { user: userName } = KEYS[name];
  const [old, accessKeyId] = [keyAt(name, 0), keyAt(name, Number.MAX_SAFE_INTEGER)];
  yield hand.call("iam:ListAccessKeys", { userName });
  yield hand.call(
    "iam:CreateAccessKey",
    { userName },
    { response: { accessKey: { accessKeyId, status: "Active", userName } } },
  );
  hand.wait(10 * MINUTE);
  yield hand.call("iam:GetAccessKeyLastUsed", { accessKeyId: old });
  yield hand.call("iam:UpdateAccessKey", { userName, accessKeyId: old, status: "Inactive" });
  hand.wait(30 * MINUTE);
  yield hand.call("iam:DeleteAccessKey", { userName, accessKeyId: old });
}
