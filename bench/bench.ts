import { benchReader } from "./reader.ts";
import { benchRules } from "./rules.ts";
import { benchStorm } from "./storm.ts";

benchRules();
await benchReader();
await benchStorm();
