import { createHash } from 'node:crypto';
import { bundleWorkflowCode, type WorkflowBundle } from '@temporalio/worker';
import {
  createDataConverter,
  FAILURE_CONVERTER_PATH,
} from '../../db/payloads/createDataConverter.ts';
import { createPayloadCodec } from '../../db/payloads/payloadCodec.ts';
import { formatPayloadKeys, type PayloadKeys } from '../../db/payloads/payloadKeys.ts';
import { workflowFiles } from '../../workers/createWorker.ts';

/** A key of tests, the same in each for its name: a history that was recorded with it is replayed in the next year. */
export function testPayloadKeys(...names: string[]): PayloadKeys {
  const all = names.map((id) => ({ id, key: createHash('sha256').update(`test ${id}`).digest() }));
  return { current: all[0]!, all };
}

/** The codec of all tests that have no keys of their own. */
export const TEST_CODEC = createPayloadCodec(testPayloadKeys('test'));

/** How clients, workers and replays of tests read and write payloads. */
export const TEST_DATA_CONVERTER = createDataConverter(TEST_CODEC);

/** The same for the environment of a worker. */
export const TEST_PAYLOAD_ENV = {
  COSTGUARD_PAYLOAD_KEYS: formatPayloadKeys(testPayloadKeys('test')),
};

/** The workflows of a queue (`actions`) as the build bundles them, for replays. */
export const bundleTestWorkflows = (queue: string): Promise<WorkflowBundle> =>
  bundleWorkflowCode({
    workflowsPath: workflowFiles(queue).module,
    failureConverterPath: FAILURE_CONVERTER_PATH,
  });
