import { KEY_BYTES } from '../vault/kek.ts';

/** A key of workflow payloads, with the name that stands in plain text beside what it encrypted. */
export interface PayloadKey {
  id: string;
  /** 32 bytes. */
  key: Buffer;
}

/** The key that encrypts, and all that decrypt. */
export interface PayloadKeys {
  current: PayloadKey;
  /** Every key that is known, the current one first. */
  all: readonly PayloadKey[];
}

/** The keys as one text for an environment variable: comma-separated ID:KEY, KEY in base64url; the first encrypts. */
export function formatPayloadKeys({ all }: PayloadKeys): string {
  return all.map(({ id, key }) => `${id}:${key.toString('base64url')}`).join(',');
}

/** Reads what {@link formatPayloadKeys} wrote; undefined for anything else. */
export function parsePayloadKeys(text: string): PayloadKeys | undefined {
  const all = text.split(',').map((entry) => {
    const [, id = '', key = ''] = /^([\w-]+):([\w-]+)$/.exec(entry.trim()) ?? [];
    return { id, key: Buffer.from(key, 'base64url') };
  });
  const [current] = all;
  if (current === undefined || all.some(({ key }) => key.length !== KEY_BYTES)) return undefined;
  return { current, all };
}
