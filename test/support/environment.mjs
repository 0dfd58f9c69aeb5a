// The SDK's note that node 20 will not be supported for ever is no news in every test.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = "true";

// CloudFormation's own rules take half of the time of a synth, and seconds to start: with THOROUGH=1, as in CI, they judge
// each template, and so they do whenever somebody runs `cdk synth`.
if (process.env.THOROUGH === undefined) process.env.CDK_VALIDATION = "false";
// Nobody reads where each token was made.
process.env.CDK_DISABLE_STACK_TRACE = "1";
