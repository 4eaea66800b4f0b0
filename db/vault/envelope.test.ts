import { randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { openEnvelope, sealEnvelope } from './envelope.ts';
import type { Keyring } from './kek.ts';
import { createLocalKek } from './localKek.ts';

const ringOf = (...keys: Buffer[]): Keyring => {
  const keks = keys.map(createLocalKek);
  return { current: keks[0]!, keks, legacyKeys: [] };
};
const kek = randomBytes(32);
const ring = ringOf(kek);
const plain = Buffer.from('secret');
const unavailable: unknown = expect.objectContaining({ code: 'key_unavailable' });

describe('an envelope', () => {
  test('opens in its place, and has a data key of its own each time', async () => {
    const [a, b] = [
      await sealEnvelope(ring, plain, 'row 1'),
      await sealEnvelope(ring, plain, 'row 1'),
    ];
    expect((await openEnvelope(ring, a, 'row 1')).toString()).toBe('secret');
    await expect(openEnvelope(ring, { ...a, wrapped: b.wrapped }, 'row 1')).rejects.toEqual(
      unavailable,
    );
  });

  test('holds neither the secret nor the KEK', async () => {
    const { sealed, wrapped } = await sealEnvelope(ring, plain, 'row 1');
    for (const bytes of [sealed, wrapped.bytes, Buffer.from(wrapped.kekId)]) {
      expect(bytes.includes(plain)).toBe(false);
      expect(bytes.includes(kek)).toBe(false);
      expect(bytes.toString()).not.toContain(kek.toString('hex').slice(0, 16));
    }
  });

  test('moved to another row does not open, whole or in parts', async () => {
    const [a, b] = [
      await sealEnvelope(ring, plain, 'row 1'),
      await sealEnvelope(ring, plain, 'row 2'),
    ];
    await expect(openEnvelope(ring, a, 'row 2')).rejects.toEqual(unavailable);
    await expect(openEnvelope(ring, { ...a, sealed: b.sealed }, 'row 1')).rejects.toEqual(
      unavailable,
    );
    await expect(openEnvelope(ring, { ...b, sealed: a.sealed }, 'row 1')).rejects.toEqual(
      unavailable,
    );
  });

  test('with any bit changed does not open', async () => {
    const { sealed, wrapped } = await sealEnvelope(ring, plain, 'row 1');
    const flipped = (bytes: Buffer, at: number) => {
      const copy = Buffer.from(bytes);
      copy[at] = (copy[at] ?? 0) ^ 1;
      return copy;
    };
    for (const at of sealed.keys())
      await expect(
        openEnvelope(ring, { sealed: flipped(sealed, at), wrapped }, 'row 1'),
      ).rejects.toEqual(unavailable);
    for (const at of wrapped.bytes.keys())
      await expect(
        openEnvelope(
          ring,
          { sealed, wrapped: { ...wrapped, bytes: flipped(wrapped.bytes, at) } },
          'row 1',
        ),
      ).rejects.toEqual(unavailable);
  });

  test('opens with an earlier KEK, and names the one that is missing', async () => {
    const envelope = await sealEnvelope(ring, plain, 'row 1');
    expect((await openEnvelope(ringOf(randomBytes(32), kek), envelope, 'row 1')).toString()).toBe(
      'secret',
    );
    await expect(openEnvelope(ringOf(randomBytes(32)), envelope, 'row 1')).rejects.toThrow(
      ring.current.id,
    );
  });
});
