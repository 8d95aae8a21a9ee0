// The template validator costs about two seconds and 330 MB a process; one synth check runs with it on (test/bin).
process.env.CDK_VALIDATION ??= 'false';
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';
