/** What sort of caller a stable key names (lambda/core/record/identity.ts, actorOf). */
export function kindOf(actor: string): string {
  if (actor.includes(":role/aws-reserved/sso.amazonaws.com/")) return "people";
  if (/:user\/[^/]+$/.test(actor)) return "IAM users";
  if (actor.startsWith("root of ")) return "root";
  if (/:role\/(?:github-|terraform-|cdk-|sandbox-sweep|AWSControlTowerExecution)/.test(actor)) return "pipelines";
  if (actor.includes(":role/aws-service-role/") || actor.endsWith(".amazonaws.com")) return "AWS services";
  if (actor.includes(":role/")) return "workloads and tools";
  return "others";
}
