/** What prints what a command takes away, for it is in no record. */
export function shownBefore(command: string): readonly string[] {
  const [found] = SHOWN_FIRST.filter(([taken]) => taken.test(command));
  return found === undefined ? [] : [command.replace(...found)];
}

// Options of both are the same (AWS CLI Command Reference).
const SHOWN_FIRST: readonly (readonly [RegExp, string])[] = [
  [/^(aws logs) delete-resource-policy --policy-name \S+/, "$1 describe-resource-policies"],
  [/^(aws sso-admin) delete-inline-policy-from-/, "$1 get-inline-policy-for-"],
  [/^(aws s3api) delete-bucket-lifecycle /, "$1 get-bucket-lifecycle-configuration "],
  [
    /^(aws (?:backup|codeartifact|dynamodb|ecr|iam|s3api|s3control|secretsmanager)) delete-((?:[a-z]+-)*(?:policy|replication)) /,
    "$1 get-$2 ",
  ],
  [
    /^(aws lambda) update-function-configuration (.*)--layers '\[\]'/,
    "$1 get-function-configuration $2--query 'Layers[].Arn'",
  ],
];
