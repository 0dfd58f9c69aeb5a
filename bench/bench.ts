import { benchRules } from "./rules.ts";

benchRules();
