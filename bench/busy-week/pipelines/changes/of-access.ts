import type { Act } from "../../act.ts";
import type { Hand } from "../../hand.ts";
import { newRole } from "../../makings.ts";
import { type Account, accountNamed, lastingHex, ORGANIZATION } from "../../organization.ts";
import { serviceOf } from "./service-of.ts";

const allow = (Action: readonly string[], Resource: string) =>
  JSON.stringify({ Version: "2012-10-17", Statement: [{ Effect: "Allow", Action, Resource }] });

const accountPolicy = ({ id }: Account, more: readonly unknown[] = []) =>
  JSON.stringify({
    Version: "2012-10-17",
    Statement: [
      { Sid: "Own", Effect: "Allow", Principal: { AWS: `arn:aws:iam::${id}:root` }, Action: "kms:*", Resource: "*" },
      ...more,
    ],
  });

/** A task's role gets an inline policy. */
export function* rightsGiven(hand: Hand): Generator<Act> {
  yield hand.call("iam:PutRolePolicy", {
    roleName: `${serviceOf(hand)}-task`,
    policyName: "task",
    policyDocument: allow(["s3:GetObject", "s3:PutObject"], `arn:aws:s3:::example-${hand.account.name}-uploads/*`),
  });
}

/** A policy gets a new version, and loses an old one. */
export function* policyChanged(hand: Hand): Generator<Act> {
  const policyArn = `arn:aws:iam::${hand.account.id}:policy/${serviceOf(hand)}-access`;
  yield hand.call("iam:ListPolicyVersions", { policyArn });
  yield hand.call(
    "iam:CreatePolicyVersion",
    {
      policyArn,
      policyDocument: allow(["dynamodb:GetItem", "dynamodb:Query", "dynamodb:PutItem"], "*"),
      setAsDefault: true,
    },
    { response: { policyVersion: { versionId: "v7", isDefaultVersion: true } } },
  );
  yield hand.call("iam:DeletePolicyVersion", { policyArn, versionId: "v2" });
}

/** A role for the tasks of a service. */
export function* serviceRoleMade(hand: Hand): Generator<Act> {
  yield* newRole(
    hand,
    `${serviceOf(hand)}-${hand.random.hex(4)}-task`,
    "ecs-tasks.amazonaws.com",
    `arn:aws:iam::${hand.account.id}:policy/${serviceOf(hand)}-access`,
  );
}

/** A repository of the company's own gets a role. */
export function* repositoryRoleMade(hand: Hand): Generator<Act> {
  const roleName = `github-${serviceOf(hand)}`;
  const provider = `arn:aws:iam::${hand.account.id}:oidc-provider/token.actions.githubusercontent.com`;
  const assumeRolePolicyDocument = JSON.stringify({
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Allow",
        Principal: { Federated: provider },
        Action: "sts:AssumeRoleWithWebIdentity",
        Condition: {
          StringEquals: {
            "token.actions.githubusercontent.com:aud": "sts.amazonaws.com",
            "token.actions.githubusercontent.com:sub": `repo:example/${roleName}:ref:refs/heads/main`,
          },
        },
      },
    ],
  });
  yield hand.call(
    "iam:CreateRole",
    { path: "/", roleName, assumeRolePolicyDocument },
    { response: { role: { roleName, arn: `arn:aws:iam::${hand.account.id}:role/${roleName}` } } },
  );
  yield hand.call("iam:AttachRolePolicy", { roleName, policyArn: "arn:aws:iam::aws:policy/PowerUserAccess" });
}

/** Another account of the company may use a role. */
export function* roleShared(hand: Hand): Generator<Act> {
  const roleName = `${serviceOf(hand)}-reader`;
  yield hand.call("iam:UpdateAssumeRolePolicy", {
    roleName,
    policyDocument: JSON.stringify({
      Version: "2012-10-17",
      Statement: [
        {
          Effect: "Allow",
          Principal: { AWS: `arn:aws:iam::${accountNamed("data-prod").id}:root` },
          Action: "sts:AssumeRole",
        },
      ],
    }),
  });
}

/** A key that turns by itself, with an alias. */
export function* keyMade(hand: Hand): Generator<Act> {
  yield hand.call(
    "kms:CreateKey",
    {
      description: serviceOf(hand),
      policy: accountPolicy(hand.account),
      keySpec: "SYMMETRIC_DEFAULT",
      multiRegion: false,
    },
    { response: { keyMetadata: { keyId: hand.random.uuid() } } },
  );
  yield hand.call("kms:EnableKeyRotation", { keyId: hand.random.uuid() });
  yield hand.call("kms:CreateAlias", {
    aliasName: `alias/${serviceOf(hand)}-${hand.random.hex(4)}`,
    targetKeyId: hand.random.uuid(),
  });
}

/** The backup account may use a key. */
export function* keyShared(hand: Hand): Generator<Act> {
  const users = [
    {
      Sid: "Backup",
      Effect: "Allow",
      Principal: { AWS: `arn:aws:iam::${accountNamed("backup").id}:root` },
      Action: ["kms:Decrypt", "kms:DescribeKey", "kms:CreateGrant"],
      Resource: "*",
    },
  ];
  const keyId = lastingHex(8, "key", hand.account.name);
  yield hand.call(
    "kms:PutKeyPolicy",
    { keyId, policyName: "default", policy: accountPolicy(hand.account, users) },
    { resources: [["AWS::KMS::Key", `arn:aws:kms:${hand.region}:${hand.account.id}:key/${keyId}`]] },
  );
}

/** The organization may fetch the images of a repository. */
export function* imagesShared(hand: Hand): Generator<Act> {
  const repositoryName = serviceOf(hand);
  yield hand.call("ecr:SetRepositoryPolicy", {
    repositoryName,
    policyText: JSON.stringify({
      Version: "2012-10-17",
      Statement: [
        {
          Effect: "Allow",
          Principal: "*",
          Action: ["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"],
          Condition: { StringEquals: { "aws:PrincipalOrgID": ORGANIZATION } },
        },
      ],
    }),
    force: false,
  });
}
