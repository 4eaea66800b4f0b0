import { timingSafeEqual } from 'node:crypto';
import type { Request } from 'express';
import type { Selectable } from 'kysely';
import { ClientText } from '../../core/contracts/identity.ts';
import { findServiceAccount } from '../../db/queries/identity/findServiceAccount.ts';
import { hashClientSecret } from '../../db/queries/identity/saveServiceAccount.ts';
import type { ServiceAccounts } from '../../db/schema.gen.ts';
import type { Services } from '../services.ts';

/** A service account that proved to be itself. */
export type Client = Selectable<ServiceAccounts> & {
  /** When the secret that it used ends, because another has replaced it; null for the current one. */
  secretEndsAt: Date | null;
};

/** What a request carries about the client that sends it. */
export interface ClientCredentials {
  client_id?: string | undefined;
  client_secret?: string | undefined;
}

/**
 * The enabled service account whose id and secret a request carries, as HTTP Basic or in its body; `both` where it carries
 * two, which RFC 6749 section 2.3 forbids; else undefined.
 */
export async function findClient(
  services: Pick<Services, 'db' | 'now'>,
  req: Request,
  body: ClientCredentials,
): Promise<Client | 'both' | undefined> {
  const basic = basicCredentials(req);
  const isOther = body.client_id !== undefined && body.client_id !== basic?.id;
  if (basic !== undefined && (body.client_secret !== undefined || isOther)) return 'both';
  const given = basic ?? { id: body.client_id, secret: body.client_secret };
  if (given.id === undefined || given.secret === undefined) return undefined;
  if (!ClientText.safeParse(given.id).success) return undefined;
  const account = await findServiceAccount(services.db, given.id);
  if (account?.enabled !== true) return undefined;
  const hash = hashClientSecret(given.secret);
  if (isSame(hash, account.secret_hash)) return { ...account, secretEndsAt: null };
  const { previous_secret_hash: previous, previous_secret_until: until } = account;
  const isPrevious = previous !== null && until !== null && until > services.now();
  return isPrevious && isSame(hash, previous) ? { ...account, secretEndsAt: until } : undefined;
}

/** Both are hashes of one length, in hex. */
const isSame = (a: string, b: string): boolean => timingSafeEqual(Buffer.from(a), Buffer.from(b));

/** RFC 6749 section 2.3.1: both parts are form-encoded before they are joined. */
function basicCredentials(req: Request): { id: string; secret: string } | undefined {
  const header = req.header('authorization') ?? '';
  if (!/^Basic /i.test(header)) return undefined;
  const encoded = /^Basic +([\w+/=-]+)$/i.exec(header)?.[1] ?? '';
  const [id, ...rest] = Buffer.from(encoded, 'base64').toString().split(':');
  try {
    return { id: formDecode(id ?? ''), secret: formDecode(rest.join(':')) };
  } catch {
    return { id: '', secret: '' };
  }
}

const formDecode = (text: string): string => decodeURIComponent(text.replaceAll('+', ' '));
