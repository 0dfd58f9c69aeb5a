/** How a call's second name stands to its target: `bob, key AKIA...`, `deploy, policy Admin`, `snap-1 with 999999999999`. */
const RELATIONS: readonly (readonly [RegExp, string])[] = [
  [/^iam:\w+AccessKey$/, ", key"],
  [/^iam:AddUserToGroup$/, " into group"],
  [/^iam:RemoveUserFromGroup$/, " from group"],
  [/^(?:iam|organizations):\w*Policy(?:Version)?$/, ", policy"],
  [/InstanceProfile/, ", profile"],
  [/^cloudtrail:(?:Create|Update)Trail$/, ", bucket"],
  [/^ec2:RunInstances$/, ", type"],
  [/^ec2:Create(?:Snapshots?|Image)$/, " of"],
  [/^ec2:\w+SecurityGroup(?:In|E)gress$/, ","],
  [/^ec2:(?:Create|Replace|Delete)Route$/, ", route"],
  [/^s3:\w+Object/, ", object"],
  [/^sns:Subscribe$/, ", endpoint"],
  [/^ssm:SendCommand$/, " on"],
  [/^(?:events:(?:Put|Remove)Targets|logs:PutSubscriptionFilter)$/, " to"],
];

/** What stands between a call's target and what else it names. */
export function relationOf(call: string): string {
  return RELATIONS.find(([pattern]) => pattern.test(call))?.[1] ?? " with";
}
