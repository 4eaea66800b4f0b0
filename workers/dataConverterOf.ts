import type { DataConverter } from '@temporalio/common';
import { type Env, EnvError } from '../core/config/env.ts';
import { createDataConverter } from '../db/payloads/createDataConverter.ts';
import { createPayloadCodec } from '../db/payloads/payloadCodec.ts';
import { parsePayloadKeys } from '../db/payloads/payloadKeys.ts';

/**
 * How a worker reads and writes payloads, with the keys of its environment.
 *
 * @throws EnvError where there is none: a worker that wrote plain text would tell Temporal what it must not know
 */
export function dataConverterOf(env: Env): DataConverter {
  const keys = parsePayloadKeys(env.COSTGUARD_PAYLOAD_KEYS ?? '');
  if (keys !== undefined) return createDataConverter(createPayloadCodec(keys));
  throw new EnvError([
    'COSTGUARD_PAYLOAD_KEYS: a worker needs the keys of workflow payloads; `npm start` sets it, and `costguard init` prints it with the worker’s account',
  ]);
}
