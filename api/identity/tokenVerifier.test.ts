import { generateKeyPair } from 'jose';
import { expect, test, vi } from 'vitest';
import { signAccessToken } from '../../core/identity/accessToken.ts';
import { createTokenVerifier } from './tokenVerifier.ts';

const frame = { issuer: 'http://localhost:8000', audience: 'http://localhost:8000' };
const at = (second: number) => new Date(Date.UTC(2026, 10, 20, 10, 0, second));

async function makeWorld(seconds = 900) {
  const { publicKey, privateKey } = await generateKeyPair('EdDSA');
  const keys = new Map([['k1', publicKey]]);
  const find = vi.fn((kid: string) => Promise.resolve(keys.get(kid)));
  const claims = { sub: 'gateway', scope: 'usage:write', jti: 'one' };
  const signing = { ...frame, now: at(0), seconds };
  const token = await signAccessToken(claims, { kid: 'k1', privateKey }, signing);
  return { keys, find, token, verify: createTokenVerifier({ find }) };
}

test('a signature is verified once in two seconds', async () => {
  const { find, token, verify } = await makeWorld();
  for (const second of [1, 2])
    expect(await verify(token, { ...frame, now: at(second) })).toMatchObject({ sub: 'gateway' });
  expect(find).toHaveBeenCalledTimes(1);
  await verify(token, { ...frame, now: at(3) });
  expect(find).toHaveBeenCalledTimes(2);
});

test('a known token ends when it ends, and is not valid before it was seen', async () => {
  const { token, verify } = await makeWorld(3);
  expect(await verify(token, { ...frame, now: at(1) })).not.toBeNull();
  expect(await verify(token, { ...frame, now: at(3) })).toBeNull();
  const other = await makeWorld();
  expect(await other.verify(other.token, { ...frame, now: at(1) })).not.toBeNull();
  expect(
    await other.verify(other.token, { ...frame, now: new Date(at(0).getTime() - 90_000) }),
  ).toBeNull();
});

test('a known token is of no use to another audience or issuer', async () => {
  const { token, verify } = await makeWorld();
  expect(await verify(token, { ...frame, now: at(1) })).not.toBeNull();
  const other = 'http://localhost:9000';
  expect(await verify(token, { ...frame, audience: other, now: at(1) })).toBeNull();
  expect(await verify(token, { ...frame, issuer: other, now: at(1) })).toBeNull();
});

test('a key that was taken away ends its tokens within two seconds', async () => {
  const { keys, token, verify } = await makeWorld();
  expect(await verify(token, { ...frame, now: at(1) })).not.toBeNull();
  keys.clear();
  expect(await verify(token, { ...frame, now: at(3) })).toBeNull();
});

test('what does not hold is not known, however close it is to what does', async () => {
  const { token, verify } = await makeWorld();
  expect(await verify(token, { ...frame, now: at(1) })).not.toBeNull();
  const [head = '', body = '', signature = ''] = token.split('.');
  const forged = `${head}.${body}.${signature.startsWith('A') ? 'B' : 'A'}${signature.slice(1)}`;
  expect(await verify(forged, { ...frame, now: at(1) })).toBeNull();
});
