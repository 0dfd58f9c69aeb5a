import { benchHash } from "./hash.ts";
import { benchReader } from "./reader.ts";
import { benchRules } from "./rules.ts";
import { benchScan } from "./scan.ts";
import { benchStorm } from "./storm.ts";

benchRules();
benchScan();
benchHash();
await benchReader();
await benchStorm();
