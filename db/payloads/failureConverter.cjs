// CommonJS and plain JavaScript, because the SDK loads it by path, with `require`, in workers and clients, and bundles it
// into the workflows: see docs/temporal.md.
const { DefaultFailureConverter } = require('@temporalio/common');

/** Puts messages and stacks of failures into a payload, which the codec encrypts; else they would be plain text. */
exports.failureConverter = new DefaultFailureConverter({ encodeCommonAttributes: true });
