import { fileURLToPath } from 'node:url';
import type { DataConverter, PayloadCodec } from '@temporalio/common';

/** The module that converts failures; a bundle of workflows needs it too. */
export const FAILURE_CONVERTER_PATH = fileURLToPath(
  new URL('./failureConverter.cjs', import.meta.url),
);

/**
 * How every client, worker and replay of ours reads and writes payloads: encrypted, messages and stacks of failures
 * included. Plain text stay ids, types, task queues, signal names and search attributes.
 */
export function createDataConverter(codec: PayloadCodec): DataConverter {
  return {
    failureConverterPath: FAILURE_CONVERTER_PATH,
    payloadCodecs: [codec],
  };
}
