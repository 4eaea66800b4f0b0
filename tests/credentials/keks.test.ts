import {
  constants,
  generateKeyPairSync,
  privateDecrypt,
  publicEncrypt,
  randomBytes,
} from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { CreateKeyCommand, KMSClient } from '@aws-sdk/client-kms';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createAwsKek } from '../../db/vault/awsKek.ts';
import { createAzureKek } from '../../db/vault/azureKek.ts';
import { createGcpKek } from '../../db/vault/gcpKek.ts';
import type { Kek } from '../../db/vault/kek.ts';
import { readContract } from '../mcp/gcp/discovery.ts';
import { startLoopback, type Loopback } from '../mcp/gcp/loopback.ts';
import { ensureBigQuery } from '../servers/bigquery/ensureBigQuery.ts';
import { startMoto, type TestMoto } from '../servers/startMoto.ts';

const CONTEXT = 'credentials:row:1';
const unavailable: unknown = expect.objectContaining({ code: 'key_unavailable' });

/** What every KEK must do. `bound`: it ties the data key to its context. */
async function expectWraps(kek: Kek, { bound }: { bound: boolean }): Promise<void> {
  const key = randomBytes(32);
  const [a, b] = [await kek.wrap(key, CONTEXT), await kek.wrap(key, CONTEXT)];
  expect(a.kekId).toBe(kek.id);
  expect(a.bytes.includes(key)).toBe(false);
  expect(a.bytes.equals(b.bytes)).toBe(false);
  expect((await kek.unwrap(a, CONTEXT)).equals(key)).toBe(true);
  const changed = Buffer.from(a.bytes);
  changed[changed.length - 1] = (changed.at(-1) ?? 0) ^ 1;
  await expect(kek.unwrap({ ...a, bytes: changed }, CONTEXT)).rejects.toEqual(unavailable);
  if (bound) await expect(kek.unwrap(a, 'credentials:row:2')).rejects.toEqual(unavailable);
}

describe('AWS KMS, on moto', () => {
  let moto: TestMoto;
  let client: KMSClient;
  beforeAll(async () => {
    moto = await startMoto();
    client = new KMSClient({
      endpoint: moto.url,
      region: 'us-east-1',
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
      maxAttempts: 1,
    });
  });
  afterAll(async () => {
    client.destroy();
    await moto.stop();
  });
  const newKey = async (): Promise<string> =>
    (await client.send(new CreateKeyCommand({}))).KeyMetadata?.Arn ?? '';

  test('wraps, bound to the context', async () => {
    await expectWraps(createAwsKek(await newKey(), client), { bound: true });
  });

  test('a data key of another KEK does not unwrap; a key that is missing is told with what to check', async () => {
    const wrapped = await createAwsKek(await newKey(), client).wrap(randomBytes(32), CONTEXT);
    const missing = createAwsKek('arn:aws:kms:us-east-1:123456789012:key/none', client);
    await expect(missing.unwrap(wrapped, CONTEXT)).rejects.toThrow(/kms:Decrypt.*enabled/);
    await expect(missing.wrap(randomBytes(32), CONTEXT)).rejects.toThrow(/kms:Encrypt/);
  });
});

describe('Google Cloud KMS, on a stub that its discovery document checks', () => {
  const NAME = 'projects/p/locations/eu/keyRings/r/cryptoKeys/k';
  let stub: Loopback;
  let status = 200;
  const mistakes: string[] = [];
  beforeAll(async () => {
    const contract = readContract((await ensureBigQuery()).documents, 'cloudkms.v1');
    stub = await startLoopback((call) => {
      if (status !== 200) return { status, json: { error: { code: status } } };
      let method: string;
      try {
        method = contract.check(call);
      } catch (error) {
        mistakes.push(String(error));
        throw error;
      }
      const body = call.body as Record<string, string>;
      const aad = body['additionalAuthenticatedData'] ?? '';
      const json = method.endsWith('.encrypt')
        ? {
            name: `${NAME}/cryptoKeyVersions/1`,
            ciphertext: toCipher(body['plaintext'] ?? '', aad),
          }
        : { plaintext: fromCipher(body['ciphertext'] ?? '', aad) };
      if (json.plaintext === null) return { status: 400, json: { error: { code: 400 } } };
      contract.checkReply(method, json);
      return { json };
    });
  });
  afterAll(() => stub.close());
  const kek = () =>
    createGcpKek(NAME, { endpoint: stub.url, authorization: () => Promise.resolve('Bearer t') });

  test('wraps, bound to the context, by requests that the API has', async () => {
    await expectWraps(kek(), { bound: true });
    expect(mistakes).toEqual([]);
  });

  test.each([403, 404, 500])('HTTP %i is told with what to check', async (code) => {
    status = code;
    await expect(kek().wrap(randomBytes(32), CONTEXT)).rejects.toThrow(
      new RegExp(`useToEncrypt \\(HTTP ${code}\\).*cryptoKeyEncrypterDecrypter`),
    );
    status = 200;
  });

  test('what is no name of a key is refused', () => {
    expect(() => createGcpKek('my-key')).toThrow(/projects\/P/);
  });
});

// A stand-in for Google's encryption: text, binding and a sum over both, so that a change of either is refused.
const toCipher = (plain: string, aad: string): string => {
  const nonce = randomBytes(8).toString('hex');
  return Buffer.from(JSON.stringify([nonce, mask(plain, nonce), sum(plain, aad)])).toString(
    'base64',
  );
};
const fromCipher = (cipher: string, aad: string): string | null => {
  try {
    const [nonce, masked, check] = JSON.parse(Buffer.from(cipher, 'base64').toString()) as string[];
    const plain = mask(masked ?? '', nonce ?? '');
    return sum(plain, aad) === check ? plain : null;
  } catch {
    return null;
  }
};
const mask = (text: string, nonce: string): string =>
  Array.from(text)
    .map((c, i) => String.fromCharCode(c.charCodeAt(0) ^ (nonce.charCodeAt(i % 16) & 7)))
    .join('');
const sum = (plain: string, aad: string): string =>
  Buffer.from(`${plain}|${aad}`).toString('base64');

describe('Azure Key Vault, on a stub with a real RSA key', () => {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const padding = { padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha256' };
  const seen: string[] = [];
  let isForbidden = false;
  let base: string;
  const server = createServer((req, res) => {
    const chunks: Buffer[] = [];
    req.on('data', (chunk: Buffer) => chunks.push(chunk));
    req.on('end', () => {
      const path = new URL(req.url ?? '', 'http://x').pathname;
      const answer = (code: number, json: unknown) => {
        res.writeHead(code, { 'content-type': 'application/json' }).end(JSON.stringify(json));
      };
      if (req.headers.authorization === undefined) {
        res.setHeader(
          'WWW-Authenticate',
          'Bearer authorization="https://login.microsoftonline.com/t", resource="https://vault.azure.net"',
        );
        answer(401, { error: { code: 'Unauthorized' } });
        return;
      }
      // Reading the key is a permission that a wrapping identity need not have.
      if (req.method === 'GET' || isForbidden) {
        answer(403, { error: { code: 'Forbidden' } });
        return;
      }
      seen.push(`${req.method ?? ''} ${path}`);
      const { alg, value } = JSON.parse(Buffer.concat(chunks).toString()) as Record<string, string>;
      expect(alg).toBe('RSA-OAEP-256');
      const bytes = Buffer.from(value ?? '', 'base64url');
      try {
        const result = path.endsWith('/wrapkey')
          ? publicEncrypt({ key: publicKey, ...padding }, bytes)
          : privateDecrypt({ key: privateKey, ...padding }, bytes);
        answer(200, { kid: `${base}/keys/kek/v7`, value: result.toString('base64url') });
      } catch {
        answer(400, { error: { code: 'BadParameter' } });
      }
    });
  });
  beforeAll(async () => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => new Promise((resolve) => server.close(resolve)));
  const kek = () =>
    createAzureKek(`${base}/keys/kek/v7`, {
      credential: {
        getToken: () => Promise.resolve({ token: 't', expiresOnTimestamp: Date.now() + 3_600_000 }),
      },
      client: {
        allowInsecureConnection: true,
        disableChallengeResourceVerification: true,
        retryOptions: { maxRetries: 0 },
      },
    });

  test('wraps and unwraps by RSA-OAEP-256, with one version', async () => {
    await expectWraps(kek(), { bound: false });
    expect(new Set(seen)).toEqual(
      new Set(['POST /keys/kek/v7/wrapkey', 'POST /keys/kek/v7/unwrapkey']),
    );
  });

  test('a missing role is named', async () => {
    isForbidden = true;
    await expect(kek().wrap(randomBytes(32), CONTEXT)).rejects.toThrow(
      /keys\/wrap \(HTTP 403\).*Key Vault Crypto User/,
    );
    isForbidden = false;
  });

  test('what is no address of a key is refused', () => {
    for (const address of ['my-key', 'https://v.vault.azure.net/keys/kek'])
      expect(() => createAzureKek(address)).toThrow(/keys\/NAME\/VERSION/);
  });
});
