import { randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { openDump } from './openDump.ts';
import { CHUNK_BYTES, createDumpSealer, TAG_BYTES } from './sealDump.ts';

const KEY = randomBytes(32);
const SEALED = CHUNK_BYTES + TAG_BYTES;

const seal = (plain: Buffer, pieceBytes = 65_536) => {
  const pieces = Array.from({ length: Math.ceil(plain.length / pieceBytes) }, (_, i) =>
    plain.subarray(i * pieceBytes, (i + 1) * pieceBytes),
  );
  return buffer(Readable.from(pieces).pipe(createDumpSealer(KEY)));
};
const open = (sealed: Buffer, key = KEY) =>
  buffer(Readable.from(openDump(Readable.from([sealed]), key)));

test.each([0, 1, CHUNK_BYTES - 1, CHUNK_BYTES, CHUNK_BYTES + 1, 3 * CHUNK_BYTES])(
  '%i bytes come back as they were',
  async (length) => {
    const plain = randomBytes(length);
    const sealed = await seal(plain);
    expect(sealed.includes(plain.subarray(0, 32)) && length > 0).toBe(false);
    expect((await open(sealed)).equals(plain)).toBe(true);
  },
);

test.each<[string, (sealed: Buffer) => Buffer]>([
  ['a flipped bit', (sealed) => flip(sealed, 5)],
  ['a flipped bit of the last tag', (sealed) => flip(sealed, sealed.length - 1)],
  ['the last byte cut off', (sealed) => sealed.subarray(0, -1)],
  ['the last chunk cut off', (sealed) => sealed.subarray(0, 2 * SEALED)],
  ['all of it cut off', () => Buffer.alloc(0)],
  ['something added', (sealed) => Buffer.concat([sealed, Buffer.from('x')])],
  ['a chunk left out', (sealed) => sealed.subarray(SEALED)],
  [
    'two chunks exchanged',
    (sealed) =>
      Buffer.concat([
        sealed.subarray(SEALED, 2 * SEALED),
        sealed.subarray(0, SEALED),
        sealed.subarray(2 * SEALED),
      ]),
  ],
])('%s is refused', async (_name, change) => {
  const sealed = await seal(randomBytes(2 * CHUNK_BYTES + 100));
  await expect(open(change(Buffer.from(sealed)))).rejects.toMatchObject({
    code: 'backup_unusable',
  });
});

test('another key is refused', async () => {
  const sealed = await seal(randomBytes(100));
  await expect(open(sealed, randomBytes(32))).rejects.toThrow('was changed or is cut off');
});

function flip(bytes: Buffer, at: number): Buffer {
  bytes.writeUInt8(bytes.readUInt8(at) ^ 1, at);
  return bytes;
}
