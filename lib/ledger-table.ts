import { RemovalPolicy } from "aws-cdk-lib";
import { AttributeType, BillingMode, ProjectionType, Table } from "aws-cdk-lib/aws-dynamodb";
import { AnyPrincipal, Effect, Grant, type IRole, PolicyStatement } from "aws-cdk-lib/aws-iam";
import { Construct } from "constructs";
import { TABLE } from "../lambda/table.ts";

/** The table in which the functions remember what was alerted and what is due. */
export class LedgerTable extends Construct {
  readonly table: Table;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    this.table = new Table(this, "Table", {
      partitionKey: { name: TABLE.partitionKey, type: AttributeType.STRING },
      billingMode: BillingMode.PAY_PER_REQUEST,
      timeToLiveAttribute: TABLE.timeToLive,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      // Nobody else tells what the table holds back: it outlives the stack and is protected from deletion by mistake.
      removalPolicy: RemovalPolicy.RETAIN,
      deletionProtection: true,
    });
    this.table.addGlobalSecondaryIndex({
      indexName: TABLE.dueIndex,
      partitionKey: { name: TABLE.dueQueue, type: AttributeType.STRING },
      sortKey: { name: TABLE.dueAt, type: AttributeType.NUMBER },
      projectionType: ProjectionType.KEYS_ONLY,
    });
  }

  /**
   * Lets functions use the ledger, and lets nobody else write to it, but for the items that `muter` may put; the
   * functions neither scan it nor delete from it.
   */
  grantUseOnlyTo(user: IRole, muter: IRole): void {
    const grant = (actions: readonly string[], resourceArn: string) =>
      Grant.addToPrincipal({ grantee: user, actions: [...actions], resourceArns: [resourceArn] });
    const writes = ["dynamodb:PutItem", "dynamodb:UpdateItem"];
    grant(["dynamodb:BatchGetItem", ...writes], this.table.tableArn);
    grant(["dynamodb:Query"], `${this.table.tableArn}/index/${TABLE.dueIndex}`);
    const forbidden = [
      "dynamodb:UpdateItem",
      "dynamodb:DeleteItem",
      "dynamodb:BatchWriteItem",
      "dynamodb:PartiQLInsert",
      "dynamodb:PartiQLUpdate",
      "dynamodb:PartiQLDelete",
    ];
    this.#forbid("OnlyTheFunctionsWrite", forbidden, [user]);
    this.#forbid("OnlyTheFunctionsAndMutesPut", ["dynamodb:PutItem"], [user, muter]);
  }

  #forbid(sid: string, actions: readonly string[], butFor: readonly IRole[]): void {
    const arns = butFor.map(({ roleArn }) => roleArn);
    this.table.addToResourcePolicy(
      new PolicyStatement({
        sid,
        effect: Effect.DENY,
        principals: [new AnyPrincipal()],
        actions: [...actions],
        // Means the table that has this policy: its ARN cannot be in its own definition.
        resources: ["*"],
        conditions: { ArnNotEquals: { "aws:PrincipalArn": arns.length === 1 ? arns[0] : arns } },
      }),
    );
  }
}
