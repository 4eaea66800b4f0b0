import type { Payload, PayloadCodec } from '@temporalio/common';
import proto from '@temporalio/proto';
import { CostGuardError } from '../../core/errors.ts';
import { decrypt, encrypt } from '../vault/localKek.ts';
import type { PayloadKey, PayloadKeys } from './payloadKeys.ts';

const { Payload: PayloadProto } = proto.temporal.api.common.v1;

/** The `encoding` of an encrypted payload, the one of Temporal's own samples. */
export const ENCRYPTED = 'binary/encrypted';

const ENCODING = 'encoding';
const KEY_ID = 'encryption-key-id';

/** Looks for a key that came after this process; undefined where there is none. */
export type FindPayloadKey = (id: string) => Promise<PayloadKey | undefined>;

/**
 * Encrypts each payload of a workflow whole, its metadata included: AES-256-GCM with a fresh 12-byte nonce, bound to the id of
 * its key. What carries another encoding was written before there was a codec, and is passed on as it is.
 *
 * `decode` throws CostGuardError `payload_unreadable` for a key that is not known and for what was changed or cut.
 */
export function createPayloadCodec(
  { current, all }: PayloadKeys,
  findKey: FindPayloadKey = () => Promise.resolve(undefined),
): PayloadCodec {
  const known = new Map(all.map((key) => [key.id, key]));
  const keyOf = async (id: string): Promise<PayloadKey | undefined> => {
    const key = known.get(id) ?? (await findKey(id));
    if (key !== undefined) known.set(id, key);
    return key;
  };
  return {
    encode: (payloads) => Promise.resolve(payloads.map((payload) => seal(current, payload))),
    decode: (payloads) => Promise.all(payloads.map((payload) => open(keyOf, payload))),
  };
}

function seal({ id, key }: PayloadKey, payload: Payload): Payload {
  const plain = Buffer.from(PayloadProto.encode(payload).finish());
  return {
    metadata: { [ENCODING]: Buffer.from(ENCRYPTED), [KEY_ID]: Buffer.from(id) },
    data: encrypt(key, plain, context(id)),
  };
}

async function open(keyOf: FindPayloadKey, payload: Payload): Promise<Payload> {
  if (textOf(payload, ENCODING) !== ENCRYPTED) return payload;
  const id = textOf(payload, KEY_ID);
  const found = await keyOf(id);
  if (found === undefined) {
    throw new CostGuardError(
      'payload_unreadable',
      `A workflow payload is encrypted with the key ${id || '(none named)'}, which this process does not have. Start it with the keys that "costguard init" hands out for this database, or restore the database that the workflow began with.`,
    );
  }
  try {
    const bytes = Buffer.from(payload.data ?? new Uint8Array());
    return PayloadProto.decode(decrypt(found.key, bytes, context(id)));
  } catch (cause) {
    throw new CostGuardError(
      'payload_unreadable',
      `A workflow payload that names the key ${id} was not encrypted with it, or was changed since. Restore Temporal and the database from the same backup.`,
      { cause },
    );
  }
}

const context = (keyId: string): string => `workflow payload:${keyId}`;

const textOf = ({ metadata }: Payload, name: string): string =>
  Buffer.from(metadata?.[name] ?? new Uint8Array()).toString();
