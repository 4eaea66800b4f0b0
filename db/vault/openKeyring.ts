import path from 'node:path';
import type { Env } from '../../core/config/env.ts';
import { CostGuardError } from '../../core/errors.ts';
import { createAwsKek } from './awsKek.ts';
import { createAzureKek } from './azureKek.ts';
import { createGcpKek } from './gcpKek.ts';
import type { Kek, Keyring } from './kek.ts';
import { createKeyFile, readKeyFile } from './keyFile.ts';
import { createLocalKek } from './localKek.ts';

/** The variables that say which keys there are. */
export type KekEnv = Pick<
  Env,
  | 'COSTGUARD_HOME'
  | 'COSTGUARD_KEK'
  | 'COSTGUARD_KEK_PROVIDER'
  | 'COSTGUARD_KEK_KEY'
  | 'COSTGUARD_KEK_PREVIOUS'
>;

interface OpenedKek {
  kek: Kek;
  /** Of a local key: it may have sealed values itself. */
  raw?: Buffer;
}

/**
 * The KEKs that the environment names: COSTGUARD_KEK_PROVIDER with COSTGUARD_KEK_KEY, else COSTGUARD_KEK, else the file
 * COSTGUARD_HOME/kek; and those of COSTGUARD_KEK_PREVIOUS. Key services are not asked yet.
 *
 * @param create make the file when there is none; only the first start may, so that a lost key is noticed
 * @throws CostGuardError `key_unavailable` when there is no key, `config_invalid` for what the provider's key cannot be
 */
export async function openKeyring(env: KekEnv, options: { create: boolean }): Promise<Keyring> {
  const current = await openCurrent(env, options.create);
  const previous: OpenedKek[] = [];
  for (const text of (env.COSTGUARD_KEK_PREVIOUS ?? '').split(',')) {
    if (text.trim() !== '') previous.push(await openPrevious(text.trim()));
  }
  const all = [current, ...previous];
  return {
    current: current.kek,
    keks: all.map(({ kek }) => kek),
    legacyKeys: all.flatMap(({ raw }) => (raw === undefined ? [] : [raw])),
  };
}

async function openCurrent(env: KekEnv, create: boolean): Promise<OpenedKek> {
  const { COSTGUARD_KEK: kek, COSTGUARD_KEK_KEY: key } = env;
  const provider = env.COSTGUARD_KEK_PROVIDER ?? (kek === undefined ? 'file' : 'env');
  switch (provider) {
    case 'env':
      return openLocal(Buffer.from(needed(kek, 'COSTGUARD_KEK', provider), 'base64url'));
    case 'file': {
      const file = key ?? path.join(env.COSTGUARD_HOME, 'kek');
      if (create) await createKeyFile(file);
      return openLocal(await readKeyFile(file));
    }
    case 'aws-kms':
    case 'gcp-kms':
    case 'azure-key-vault':
      return { kek: openService(provider, needed(key, 'COSTGUARD_KEK_KEY', provider)) };
  }
}

/** 32 bytes in base64url, or `file:PATH`, `aws-kms:KEY`, `gcp-kms:KEY`, `azure-key-vault:KEY`. */
async function openPrevious(text: string): Promise<OpenedKek> {
  if (/^[A-Za-z0-9_-]{43}=?$/.test(text)) return openLocal(Buffer.from(text, 'base64url'));
  const [, kind, key] = /^([a-z-]+):(.+)$/.exec(text) ?? [];
  if (kind === 'file' && key !== undefined) return openLocal(await readKeyFile(key));
  if ((kind === 'aws-kms' || kind === 'gcp-kms' || kind === 'azure-key-vault') && key !== undefined)
    return { kek: openService(kind, key) };
  // The text itself may be a key with a slip in it, so it is not quoted.
  throw new CostGuardError(
    'config_invalid',
    'COSTGUARD_KEK_PREVIOUS must be a comma-separated list of 32 bytes in base64url, file:PATH, aws-kms:KEY, gcp-kms:KEY or azure-key-vault:KEY.',
  );
}

const openLocal = (raw: Buffer): OpenedKek => ({ kek: createLocalKek(raw), raw });

function openService(provider: 'aws-kms' | 'gcp-kms' | 'azure-key-vault', key: string): Kek {
  switch (provider) {
    case 'aws-kms':
      return createAwsKek(key);
    case 'gcp-kms':
      return createGcpKek(key);
    case 'azure-key-vault':
      return createAzureKek(key);
  }
}

function needed(value: string | undefined, name: string, provider: string): string {
  if (value !== undefined) return value;
  throw new CostGuardError(
    'key_unavailable',
    `COSTGUARD_KEK_PROVIDER is ${provider}, which needs ${name}; set it.`,
  );
}
