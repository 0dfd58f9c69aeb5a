/** Accounts of one service, of which it has one in each region. */
function ofService(service: string, accounts: string): { readonly [account: string]: string } {
  return Object.fromEntries(accounts.split(/\s+/).map((account) => [account, service]));
}

/**
 * AWS accounts that customers' policies name: they are services, though they look like somebody's account. The accounts of
 * regions were named before services had names for policies; old policies, and templates made of them, still have them.
 * Sources, as of 2026-11: Elastic Load Balancing User Guide, "Enable access logs"; CloudTrail User Guide, "Amazon S3
 * bucket policy for CloudTrail", troubleshooting (docs.aws.amazon.com/awscloudtrail/latest/userguide/
 * create-s3-bucket-policy-for-cloudtrail.html), by region as in Terraform's `aws_cloudtrail_service_account`; Billing User Guide, "Setting up an Amazon S3 bucket for Cost and Usage
 * Reports"; the pages of the layers.
 */
export const AWS_ACCOUNTS: { readonly [account: string]: string } = {
  "386209384616": "Billing and Cost Management",
  "017000801446": "Powertools for AWS Lambda",
  "580247275435": "CloudWatch Lambda Insights",
  "901920570463": "AWS Distro for OpenTelemetry",
  ...ofService(
    "Elastic Load Balancing",
    `127311923021 033677994240 027434742980 797873946194 098369216593 754344448648 589379963580 718504428378 383597477331
    600734575887 114774131450 783225319266 582318560864 985666609251 054676820928 156460612806 652711504416 635631232127
    009996457667 897822967062 076674570225 507241528517 048591011584 190560391635 638102146993 037604701340`,
  ),
  ...ofService(
    "CloudTrail",
    `086441151436 475085895292 388731089494 113285607260 525921808201 119688915426 216624486486 492519147666 765225791966
    977081816279 582488909970 903692715234 284668455005 069019280451 187074758985 819402241893 193415116832 681348832753
    035351147821 453052556044 829690693026 669305197877 757211635381 859597730677 282025262664 262312530599 683224464357
    585772288577 034638983726 814480443879 608710470296`,
  ),
};

/**
 * Redshift wrote its audit logs as a user of these accounts. Nothing else is known of them, and those who play attacks name
 * the first one as the stranger's: only that user is a service.
 * Source, as of 2026-11: Amazon Redshift Management Guide, "Database audit logging" (docs.aws.amazon.com/redshift/latest/
 * mgmt/db-auditing.html), by region as in Terraform's `aws_redshift_service_account`.
 */
const REDSHIFT = ofService(
  "Redshift",
  `193672423079 391106570357 262260360010 902366379725 365689465814 313564881002 404641285394 760740231472 090321488786 865932855811
  361669875840 762762565011 907379612154 111890595117 660998842044 053454850223 729911121831 945612479654 210876761215 307160386991
  915173422425 013126148197 075028567923 665727464434`,
);

/** The service of AWS that an account's number, or the ARN of a user, stands for. */
export function serviceOfAccount(account: string, arn: string): string | undefined {
  if (Object.hasOwn(AWS_ACCOUNTS, account)) return AWS_ACCOUNTS[account];
  return arn.endsWith(":user/logs") && Object.hasOwn(REDSHIFT, account) ? REDSHIFT[account] : undefined;
}
