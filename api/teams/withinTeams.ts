import pg from 'pg';
import type { ClientPool } from '../../db/connect.ts';
import type { Route } from '../http/route.ts';
import type { Services } from '../services.ts';
import { assertWithin, beyond } from './reach.ts';
import type { View } from './view.ts';

const PERMISSION_DENIED = '42501';

/**
 * The services that an operation works with for a caller with this view. A read of somebody who sees a part gets the
 * database as they see it; a write of theirs is let through where all that it touches is seen, and works on all data.
 *
 * @throws CostGuardError `forbidden`, or that what is touched does not exist
 */
export async function servicesWithin(
  services: Services,
  route: Route,
  { restricted }: View,
  input: { params: unknown; body: unknown },
): Promise<Omit<Services, 'pool'> & { pool: ClientPool }> {
  if (restricted === null || route.reach === 'own') return services;
  if (route.method === 'get') return { ...services, ...restricted };
  if (route.reach === undefined) throw beyond();
  await assertWithin(restricted.db, route.reach(input), services.now());
  return services;
}

/** A table that viewers may not read at all is no fault of the server: they are told. */
export function toTeamRefusal(error: unknown, { restricted }: View): unknown {
  const isDenied = error instanceof pg.DatabaseError && error.code === PERMISSION_DENIED;
  return restricted !== null && isDenied ? beyond() : error;
}
