/**
 * AWS accounts that customers' policies name: they are services, though they look like somebody's account.
 * Sources, as of 2026-11: Elastic Load Balancing User Guide, "Enable access logs", accounts by region; Billing User Guide,
 * "Setting up an Amazon S3 bucket for Cost and Usage Reports"; the pages of the layers.
 */
export const AWS_ACCOUNTS: { readonly [account: string]: string } = {
  "386209384616": "Billing and Cost Management",
  "017000801446": "Powertools for AWS Lambda",
  "580247275435": "CloudWatch Lambda Insights",
  "901920570463": "AWS Distro for OpenTelemetry",
  ...Object.fromEntries(
    `127311923021 033677994240 027434742980 797873946194 098369216593 754344448648 589379963580 718504428378 383597477331
  600734575887 114774131450 783225319266 582318560864 985666609251 054676820928 156460612806 652711504416 635631232127
  009996457667 897822967062 076674570225 507241528517 048591011584 190560391635 638102146993 037604701340`
      .split(/\s+/)
      .map((account) => [account, "Elastic Load Balancing"]),
  ),
};
