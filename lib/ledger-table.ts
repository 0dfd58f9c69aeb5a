import { RemovalPolicy } from "aws-cdk-lib";
import { AttributeType, BillingMode, ProjectionType, Table } from "aws-cdk-lib/aws-dynamodb";
import { Grant, type IGrantable } from "aws-cdk-lib/aws-iam";
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
      // Without its ledger a new deployment alerts once more, and nothing else is lost.
      removalPolicy: RemovalPolicy.DESTROY,
    });
    this.table.addGlobalSecondaryIndex({
      indexName: TABLE.dueIndex,
      partitionKey: { name: TABLE.dueQueue, type: AttributeType.STRING },
      sortKey: { name: TABLE.dueAt, type: AttributeType.NUMBER },
      projectionType: ProjectionType.KEYS_ONLY,
    });
  }

  /** Lets functions use the ledger, in transactions only; they neither scan it nor delete from it. */
  grantUse(user: IGrantable): void {
    Grant.addToPrincipal({ grantee: user, actions: ["dynamodb:BatchGetItem"], resourceArns: [this.table.tableArn] });
    // A single PutItem is none of ours: it would be somebody else with the functions' role.
    Grant.addToPrincipal({
      grantee: user,
      actions: ["dynamodb:PutItem", "dynamodb:ConditionCheckItem"],
      resourceArns: [this.table.tableArn],
      conditions: { "ForAnyValue:StringEquals": { "dynamodb:EnclosingOperation": ["TransactWriteItems"] } },
    });
    Grant.addToPrincipal({
      grantee: user,
      actions: ["dynamodb:Query"],
      resourceArns: [`${this.table.tableArn}/index/${TABLE.dueIndex}`],
    });
  }
}
