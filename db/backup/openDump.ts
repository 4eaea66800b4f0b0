import { createDecipheriv } from 'node:crypto';
import { CostGuardError } from '../../core/errors.ts';
import { CHUNK_BYTES, chunkNonce, TAG_BYTES } from './sealDump.ts';

const SEALED_BYTES = CHUNK_BYTES + TAG_BYTES;

/**
 * Decrypts what `createDumpSealer` wrote, chunk by chunk; nothing of a chunk is given out before it was checked.
 *
 * @throws CostGuardError `backup_unusable` at the first chunk that was changed, moved or is missing, and where the end is cut
 */
export async function* openDump(
  sealed: AsyncIterable<Uint8Array>,
  key: Buffer,
): AsyncGenerator<Buffer> {
  let index = 0;
  const open = (chunk: Buffer, isLast: boolean): Buffer => {
    const plain = decryptChunk(chunk, { key, index, isLast });
    index += 1;
    return plain;
  };
  let held = Buffer.alloc(0);
  for await (const given of sealed) {
    held = Buffer.concat([held, given]);
    while (held.length > SEALED_BYTES) {
      yield open(held.subarray(0, SEALED_BYTES), false);
      held = held.subarray(SEALED_BYTES);
    }
  }
  yield open(held, true);
}

function decryptChunk(
  chunk: Buffer,
  { key, index, isLast }: { key: Buffer; index: number; isLast: boolean },
): Buffer {
  try {
    const split = chunk.length - TAG_BYTES;
    const decipher = createDecipheriv('aes-256-gcm', key, chunkNonce(index, isLast), {
      authTagLength: TAG_BYTES,
    }).setAuthTag(chunk.subarray(split));
    return Buffer.concat([decipher.update(chunk.subarray(0, split)), decipher.final()]);
  } catch (cause) {
    throw new CostGuardError(
      'backup_unusable',
      `The backup was changed or is cut off: its ${index + 1}. mebibyte is not what was written. Take another backup.`,
      { cause },
    );
  }
}
