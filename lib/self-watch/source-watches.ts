import { Fn, Token } from "aws-cdk-lib";
import { type DeploymentRoles, isNotOf, type Pattern } from "./own-deployment.ts";
import { anyOf, iamWatchName, type OwnNames, startingWith } from "./own-names.ts";
import type { Watch } from "./watch.ts";

/** The key of an adopted bucket's log files. A key of another account or region leaves no event here. */
export function keyWatch({ logKeyArn }: OwnNames, userIdentity: Pattern): readonly Watch[] {
  if (logKeyArn === "") return [];
  // The ARN of a key of the stack's own is not known before the deployment.
  const id = Token.isUnresolved(logKeyArn)
    ? Fn.select(1, Fn.split("/", logKeyArn))
    : logKeyArn.slice(logKeyArn.lastIndexOf("/") + 1);
  const named = [id, { suffix: `/${id}` }];
  return [
    {
      name: "key",
      section: "The key of the log files was changed",
      severity: "critical",
      detail: {
        eventSource: ["kms.amazonaws.com"],
        eventName: startingWith(
          ...["DisableKey", "ScheduleKey", "DeleteImported", "PutKeyPolicy", "RevokeGrant", "RetireGrant"],
          ...["UpdateAlias", "DeleteAlias", "UpdatePrimary"],
        ),
        userIdentity,
        $or: [
          // Whoever names it by an alias uses the alias here as well.
          { resources: { ARN: [logKeyArn] } },
          { requestParameters: { keyId: named } },
          { requestParameters: { targetKeyId: named } },
        ],
      },
      on: ["keyId", "targetKeyId", "aliasName"],
    },
  ];
}

/** The trail that writes into an adopted bucket is unknown here: all trails of its account and region are watched. */
export function trailWatch(own: OwnNames, userIdentity: Pattern): Watch {
  const named = [own.trailName, own.trailArn];
  return {
    name: "trail",
    section: "A trail was changed",
    severity: "critical",
    detail: {
      eventSource: ["cloudtrail.amazonaws.com"],
      eventName: ["StopLogging", "DeleteTrail", "UpdateTrail", ...startingWith("PutEvent", "PutInsight")],
      userIdentity,
      ...(own.trailName !== "" && { requestParameters: anyOf({ name: named, trailName: named }) }),
    },
    on: ["name", "trailName"],
  };
}

/** Changes of the stack ring unless `cdk deploy` makes them; its deletion and changes to its protection always ring. */
export function stackWatch(own: OwnNames, { deploy }: DeploymentRoles): Watch {
  // The roles of `cdk deploy` come last.
  const names = [own.stackName, iamWatchName(own.stackName), "CDKToolkit"];
  const stackName = names.flatMap((name) => [name, { wildcard: `*:stack/${name}/*` }]);
  const changing = ["UpdateStack", "CreateChangeSet", "ExecuteChangeSet", "RollbackStack"];
  return {
    name: "stack",
    section: "The stack was changed",
    severity: "critical",
    detail: {
      eventSource: ["cloudformation.amazonaws.com"],
      requestParameters: {
        // Turning it on does no harm; only UpdateTerminationProtection has this parameter.
        enableTerminationProtection: [{ exists: false }, false],
        ...anyOf({ stackName, stackIds: stackName, stackDefinitions: { stackName } }),
      },
      $or: [
        { eventName: ["DeleteStack", "SetStackPolicy", "UpdateTerminationProtection", "SignalResource"] },
        { eventName: ["CreateStackRefactor", "ImportStacksToStackSet"] },
        { eventName: [...changing, "CancelUpdateStack", "ContinueUpdateRollback"], userIdentity: isNotOf(deploy) },
      ],
    },
    on: ["stackName", "stackIds[0]"],
  };
}
