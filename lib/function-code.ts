import type { FunctionProps, Function as LambdaFunction } from "aws-cdk-lib/aws-lambda";
import type { Construct } from "constructs";
import type { Asset } from "../lambda/asset.ts";

/** The functions, by the file in lambda/ that each begins with. */
export type FunctionEntry = "handler" | "tick";

/** What a function is made of besides its code. */
export type FunctionLimits = Omit<FunctionProps, "code" | "handler" | "runtime">;

/**
 * Makes a function out of its code and the asset that goes beside it: bundled at synth where there are sources
 * (bundled-function.ts), as it came where there is only the package (prebuilt-function.ts).
 */
export type FunctionCode = (
  scope: Construct,
  id: string,
  entry: FunctionEntry,
  asset: Asset,
  props: Omit<FunctionProps, "code" | "handler">,
) => LambdaFunction;
