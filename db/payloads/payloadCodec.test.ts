import { randomBytes } from 'node:crypto';
import { defaultPayloadConverter, type Payload } from '@temporalio/common';
import { describe, expect, test } from 'vitest';
import { createPayloadCodec } from './payloadCodec.ts';
import { formatPayloadKeys, parsePayloadKeys, type PayloadKeys } from './payloadKeys.ts';

const keysOf = (...ids: string[]): PayloadKeys => {
  const all = ids.map((id) => ({ id, key: randomBytes(32) }));
  return { current: all[0]!, all };
};
const payloadOf = (value: unknown): Payload => defaultPayloadConverter.toPayload(value);
const valueOf = (payload: Payload | undefined): unknown =>
  defaultPayloadConverter.fromPayload(payload!);
const textOf = (bytes: Uint8Array | null | undefined) => Buffer.from(bytes ?? []).toString();

const keys = keysOf('k1');
const codec = createPayloadCodec(keys);
const SECRET = { reason: 'the database of Anna' };

async function encoded(value: unknown = SECRET): Promise<Payload> {
  const [payload] = await codec.encode([payloadOf(value)]);
  return payload!;
}

describe('a payload', () => {
  test.each([SECRET, 'text', 0, null, undefined, new Uint8Array([1, 2])])(
    'of %j comes back as it was',
    async (value) => {
      const [plain] = await codec.decode(await codec.encode([payloadOf(value)]));
      expect(valueOf(plain)).toEqual(value);
    },
  );

  test('shows its key and nothing else, not even how it was converted', async () => {
    const { data, metadata } = await encoded();
    expect(Object.keys(metadata ?? {}).sort()).toEqual(['encoding', 'encryption-key-id']);
    expect(textOf(metadata?.['encoding'])).toBe('binary/encrypted');
    expect(textOf(metadata?.['encryption-key-id'])).toBe('k1');
    expect(textOf(data)).not.toMatch(/Anna|reason|json/);
  });

  test('is never encrypted to the same bytes twice', async () => {
    const all = await codec.encode(Array.from({ length: 1_000 }, () => payloadOf(SECRET)));
    const nonces = all.map(({ data }) => Buffer.from(data ?? []).toString('hex', 0, 12));
    expect(new Set(nonces).size).toBe(1_000);
  });

  test('from before there was a codec is read as it stands', async () => {
    expect(await codec.decode([payloadOf(SECRET)])).toEqual([payloadOf(SECRET)]);
  });

  test('with any bit changed is refused, and so is one that was cut', async () => {
    const { data, metadata = {} } = await encoded();
    const bytes = Buffer.from(data ?? []);
    for (const at of bytes.keys()) {
      const changed = Buffer.from(bytes);
      changed[at] = (changed[at] ?? 0) ^ 1;
      await expect(codec.decode([{ metadata, data: changed }])).rejects.toMatchObject({
        code: 'payload_unreadable',
        detail: expect.stringMatching(/k1.*was changed since/) as unknown,
      });
    }
    for (const length of [0, 11, 12, 27, bytes.length - 1])
      await expect(
        codec.decode([{ metadata, data: bytes.subarray(0, length) }]),
      ).rejects.toMatchObject({ code: 'payload_unreadable' });
  });
});

describe('keys', () => {
  test('that replace each other: the new one encrypts, the old one still decrypts', async () => {
    const old = await encoded();
    const next = keysOf('k2');
    const after = createPayloadCodec({ current: next.current, all: [...next.all, ...keys.all] });
    expect(valueOf((await after.decode([old]))[0])).toEqual(SECRET);
    const [fresh] = await after.encode([payloadOf(SECRET)]);
    expect(textOf(fresh?.metadata?.['encryption-key-id'])).toBe('k2');
    await expect(codec.decode([fresh!])).rejects.toThrow(/encrypted with the key k2, which/);
  });

  test('with the id of another do not decrypt', async () => {
    const other = createPayloadCodec(keysOf('k1'));
    await expect(other.decode([await encoded()])).rejects.toThrow(/not encrypted with it/);
    const two = keysOf('k1', 'k2');
    const both = createPayloadCodec({ ...two, all: [...keys.all, { ...keys.current, id: 'k2' }] });
    const renamed = await encoded();
    const metadata = { ...renamed.metadata, 'encryption-key-id': Buffer.from('k2') };
    await expect(both.decode([{ ...renamed, metadata }])).rejects.toThrow(/names the key k2/);
  });

  test('that came later are looked for, once', async () => {
    const asked: string[] = [];
    const late = createPayloadCodec(keysOf('k0'), (id) => {
      asked.push(id);
      return Promise.resolve(keys.all.find((key) => key.id === id));
    });
    const one = await encoded();
    await late.decode([one]);
    await late.decode([one]);
    expect(asked).toEqual(['k1']);
  });

  test('pass through an environment variable unchanged; anything else does not', () => {
    const two = keysOf('a', '0199f3a2-5c1e-7d0a-9c57-0d5a3f6f2c11');
    expect(parsePayloadKeys(formatPayloadKeys(two))).toEqual(two);
    const short = `a:${randomBytes(31).toString('base64url')}`;
    for (const text of ['', 'a', 'a:', short, `${formatPayloadKeys(two)},`])
      expect(parsePayloadKeys(text), text).toBeUndefined();
  });
});
