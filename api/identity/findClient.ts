import { timingSafeEqual } from 'node:crypto';
import type { Request } from 'express';
import type { Selectable } from 'kysely';
import { ClientText, type TokenBody } from '../../core/contracts/identity.ts';
import { findServiceAccount } from '../../db/queries/identity/findServiceAccount.ts';
import { hashClientSecret } from '../../db/queries/identity/saveServiceAccount.ts';
import type { ServiceAccounts } from '../../db/schema.gen.ts';
import type { Services } from '../services.ts';

/** The enabled service account whose id and secret a request carries, as HTTP Basic or in its body; else undefined. */
export async function findClient(
  services: Pick<Services, 'db'>,
  req: Request,
  body: TokenBody,
): Promise<Selectable<ServiceAccounts> | undefined> {
  const given = basicCredentials(req) ?? { id: body.client_id, secret: body.client_secret };
  if (given.id === undefined || given.secret === undefined) return undefined;
  if (!ClientText.safeParse(given.id).success) return undefined;
  const account = await findServiceAccount(services.db, given.id);
  const hash = Buffer.from(hashClientSecret(given.secret));
  if (account?.enabled !== true) return undefined;
  return timingSafeEqual(hash, Buffer.from(account.secret_hash)) ? account : undefined;
}

/** RFC 6749 section 2.3.1: both parts are form-encoded before they are joined. */
function basicCredentials(req: Request): { id: string; secret: string } | undefined {
  const encoded = /^Basic ([\w+/=-]+)$/i.exec(req.header('authorization') ?? '')?.[1];
  if (encoded === undefined) return undefined;
  const [id, ...rest] = Buffer.from(encoded, 'base64').toString().split(':');
  try {
    return { id: decodeURIComponent(id ?? ''), secret: decodeURIComponent(rest.join(':')) };
  } catch {
    return { id: '', secret: '' };
  }
}
