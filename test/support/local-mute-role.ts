import type { LocalRequest } from "./local-aws.ts";
import { type LocalAnswer, LocalWayOut } from "./local-delivery-path.ts";

/** Who runs commands here. */
export const CAROL = "arn:aws:iam::111122223333:user/carol";
export const MUTE_ROLE = "arn:aws:iam::111122223333:role/Trailbell-MuteRole";

/** What `npm run mute` asks besides the table: CloudFormation for the stack's outputs, and STS for its role. */
export class LocalMuteRole extends LocalWayOut {
  /** The outputs of the stack Trailbell. */
  outputs: { [name: string]: string } = {};
  /** AWS's time, in milliseconds since the epoch. */
  now = 0;
  isRefused = false;
  /** The sessions that were opened. */
  readonly assumed: { readonly role: string; readonly session: string }[] = [];

  override answer(request: LocalRequest): LocalAnswer | undefined {
    const answer = this.#own(request);
    return answer === undefined ? super.answer(request) : { ...answer, date: new Date(this.now).toUTCString() };
  }

  #own({ fields }: LocalRequest): LocalAnswer | undefined {
    const { Action = "" } = fields;
    if (Action === "DescribeStacks") {
      if (fields.StackName !== "Trailbell") {
        return failure("ValidationError", `Stack with id ${fields.StackName} does not exist`);
      }
      const outputs = Object.entries(this.outputs).map(
        ([key, value]) => `<member><OutputKey>${key}</OutputKey><OutputValue>${value}</OutputValue></member>`,
      );
      const stack = `<StackName>Trailbell</StackName><StackStatus>UPDATE_COMPLETE</StackStatus><CreationTime>2026-11-01T00:00:00Z</CreationTime>`;
      return result(Action, `<Stacks><member>${stack}<Outputs>${outputs.join("")}</Outputs></member></Stacks>`);
    }
    if (Action === "GetCallerIdentity") return result(Action, `<Arn>${CAROL}</Arn>`);
    if (Action !== "AssumeRole") return undefined;
    if (this.isRefused) return { ...failure("AccessDenied", "not authorized to perform: sts:AssumeRole"), status: 403 };
    this.assumed.push({ role: fields.RoleArn ?? "", session: fields.RoleSessionName ?? "" });
    return result(
      Action,
      "<Credentials><AccessKeyId>ASIAMUTEEXAMPLE</AccessKeyId><SecretAccessKey>secret</SecretAccessKey><SessionToken>token</SessionToken></Credentials>",
    );
  }
}

function result(action: string, body: string): LocalAnswer {
  const text = `<${action}Response><${action}Result>${body}</${action}Result></${action}Response>`;
  return { status: 200, type: "text/xml", body: text };
}

function failure(code: string, message: string): LocalAnswer {
  const body = `<ErrorResponse><Error><Code>${code}</Code><Message>${message}</Message></Error></ErrorResponse>`;
  return { status: 400, type: "text/xml", body };
}
