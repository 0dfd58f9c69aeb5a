import { Duration, Stack } from "aws-cdk-lib";
import { AccountPrincipal, PolicyStatement, Role } from "aws-cdk-lib/aws-iam";
import { Construct } from "constructs";
import { MUTES } from "../lambda/core/mute/mute.ts";
import { SWALLOWED } from "../lambda/core/mute/swallowed.ts";
import { slotsOf } from "../lambda/core/store/items.ts";
import type { LedgerTable } from "./ledger-table.ts";

/**
 * The role of `npm run mute`. It may read and write the item that holds the mutes, and read what they swallowed; the
 * functions announce them. Who in the account may assume it, IAM decides; CloudTrail records who does.
 */
export class MuteRole extends Construct {
  readonly role: Role;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    this.role = new Role(this, "Role", {
      description: "What npm run mute works with: the ledger's item of mutes, and nothing else",
      assumedBy: new AccountPrincipal(Stack.of(this).account),
      maxSessionDuration: Duration.hours(1),
    });
  }

  /** The keys of items are the table's partition keys, which IAM calls leading keys. */
  grant({ table }: LedgerTable): void {
    const allow = (action: string, keys: readonly string[]) =>
      this.role.addToPolicy(
        new PolicyStatement({
          actions: [action],
          resources: [table.tableArn],
          conditions: { "ForAllValues:StringEquals": { "dynamodb:LeadingKeys": [...keys] } },
        }),
      );
    allow("dynamodb:BatchGetItem", [MUTES, SWALLOWED].flatMap(slotsOf));
    allow("dynamodb:PutItem", slotsOf(MUTES));
  }
}
