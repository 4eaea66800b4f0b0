import type { z } from 'zod';
import type { SessionList } from '../../core/contracts/identity.ts';
import { listSessions } from '../../db/queries/identity/listSessions.ts';
import type { Services } from '../services.ts';
import type { Principal } from './principal.ts';

/** A person's sessions, told which of them is the one that asks. */
export async function sessionListOf(
  { db, env, now }: Pick<Services, 'db' | 'env' | 'now'>,
  principal: Principal,
  userId: string,
): Promise<z.input<typeof SessionList>> {
  const times = { now: now(), idleMinutes: env.SESSION_IDLE_MINUTES };
  const sessions = await listSessions(db, userId, times);
  return {
    items: sessions.map((session) => ({
      ...session,
      isCurrent: session.id === principal.session?.id,
    })),
  };
}
