import { parseArgs } from "node:util";
import { benchField } from "./field.ts";
import { benchHash } from "./hash.ts";
import { benchInit } from "./init.ts";
import { benchReader } from "./reader.ts";
import { benchRules } from "./rules.ts";
import { benchScan } from "./scan.ts";
import { benchStorm } from "./storm.ts";

const { field } = parseArgs({ options: { field: { type: "string" } } }).values;
if (field === undefined) {
  benchRules();
  benchScan();
  benchHash();
  await benchReader();
  await benchInit();
  await benchStorm();
} else {
  await benchField(field);
}
