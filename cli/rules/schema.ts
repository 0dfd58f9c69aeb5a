import { z } from "zod";
import { ruleFileSchema } from "../../lambda/rule-files/rule-schema.ts";

/** The JSON Schema of rule files, for editors: what the validator demands, as far as JSON Schema can say it. */
export function schemaText(): string {
  const schema = z.toJSONSchema(ruleFileSchema, { io: "input", target: "draft-7" });
  return `${JSON.stringify({ title: "Trailbell rule file", ...schema }, null, 2)}\n`;
}

/** Prints the schema. */
export function schema(): number {
  process.stdout.write(schemaText());
  return 0;
}
