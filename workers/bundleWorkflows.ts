import { writeFile } from 'node:fs/promises';
import { bundleWorkflowCode } from '@temporalio/worker';
import { FAILURE_CONVERTER_PATH } from '../db/payloads/createDataConverter.ts';
import { workflowFiles } from './createWorker.ts';

/**
 * Bundles the workflows of the named queues beside their modules, for `createWorker` to find: `node
 * dist/workers/bundleWorkflows.js actions detective`, as the last step of the build. Made again by each build, since a
 * worker prefers a bundle to the module.
 */
for (const name of process.argv.slice(2)) {
  const { module, bundle } = workflowFiles(name);
  const { code } = await bundleWorkflowCode({
    workflowsPath: module,
    failureConverterPath: FAILURE_CONVERTER_PATH,
  });
  await writeFile(bundle, code);
}
