// The SDK's note that node 20 will not be supported for ever is no news in every test.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = "true";
