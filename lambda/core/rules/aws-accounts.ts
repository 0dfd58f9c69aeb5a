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
 * Reports"; the pages of the layers, by region as in CDK's `region-info`.
 */
export const AWS_ACCOUNTS: { readonly [account: string]: string } = {
  "386209384616": "Billing and Cost Management",
  "017000801446": "Powertools for AWS Lambda",
  "094274105915": "Powertools for AWS Lambda",
  "336392948345": "AWS SDK for pandas",
  "615299751070": "AWS Distro for OpenTelemetry",
  "901920570463": "AWS Distro for OpenTelemetry",
  ...ofService(
    "CloudWatch Lambda Insights",
    `012438385374 519774774795 145023102084 580247275435 194566237122 891564319516 439286490199 605207715842 158895979263
    590183865173 727646510379 761018874580 761377655185 946466191631 488211338238 033019950311 339249233099 352183217350
    066549572091 459530977127 732604637566 285320876703 879381266642 198461476570 122132214140 751350123760`,
  ),
  ...ofService(
    "AWS AppConfig",
    `574348263942 630222743974 980059726660 826293736237 706869817123 554480029851 489524808438 421114256042 080788657173
    418787028745 307021474294 039592058896 615057806174 615084187847 066940009817 758369105281 646970417810 203683718741
    586093569114 434848589818 282860088358 493207061005 662846165436 559955524753 000010852771 027255383542 728743619870
    946561847325 946746059096 958113053741 359756378197`,
  ),
  ...ofService(
    "AWS Parameters and Secrets Lambda Extension",
    `317013901791 768336418462 133490724326 738900069198 576959938190 176022468876 070087711984 044395824272 665172237481
    490737872127 200266452380 287114880934 287310001119 187925254637 772501565639 427196147048 325218067255 524103009944
    015030872274 133256977650 780235371811 858974508948 832021897121 933737806257 177933569100 590474943231 129776340158
    127562683043 997803712105 345057560386`,
  ),
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
