import { createCipheriv } from 'node:crypto';
import { Transform, type TransformCallback } from 'node:stream';

/** Plain bytes of a full chunk; each costs 16 more for its tag. */
export const CHUNK_BYTES = 1_048_576;

/** Bytes of a chunk's tag. */
export const TAG_BYTES = 16;

/**
 * Encrypts a stream in chunks: AES-256-GCM each, the tag after the text. The nonce is the chunk's number and whether it is
 * the last one, so that chunks cannot be left out, moved, repeated or cut off at the end unnoticed (the STREAM construction
 * of Hoang, Reyhanitabar, Rogaway and Vizár, 2015). The key must be used for one stream only.
 */
export function createDumpSealer(key: Buffer): Transform {
  let held = Buffer.alloc(0);
  let index = 0;
  const seal = (plain: Buffer, isLast: boolean): Buffer => {
    const cipher = createCipheriv('aes-256-gcm', key, chunkNonce(index, isLast));
    index += 1;
    return Buffer.concat([cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
  };
  return new Transform({
    transform(given: Buffer, _encoding, done: TransformCallback) {
      held = Buffer.concat([held, given]);
      // One chunk is held back: only the end tells which is the last.
      while (held.length > CHUNK_BYTES) {
        this.push(seal(held.subarray(0, CHUNK_BYTES), false));
        held = held.subarray(CHUNK_BYTES);
      }
      done();
    },
    flush(done: TransformCallback) {
      this.push(seal(held, true));
      done();
    },
  });
}

/** 12 bytes: seven zeros, the chunk's number, 1 for the last one. */
export function chunkNonce(index: number, isLast: boolean): Buffer {
  const nonce = Buffer.alloc(12);
  // Writing a larger number throws: 2^32 chunks are four pebibytes.
  nonce.writeUInt32BE(index, 7);
  nonce.writeUInt8(isLast ? 1 : 0, 11);
  return nonce;
}
