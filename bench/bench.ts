import { benchReader } from "./reader.ts";
import { benchRules } from "./rules.ts";
import { benchScan } from "./scan.ts";
import { benchStorm } from "./storm.ts";

benchRules();
benchScan();
await benchReader();
await benchStorm();
