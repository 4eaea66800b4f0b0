import { addConnection } from '../api/samples.ts';
import type { TestService } from '../api/createTestIdentities.ts';
import { startTestApi, type TestApi } from '../api/startTestApi.ts';

/** An API with a connection of each provider and a gateway that may report calls. */
export interface PushWorld {
  api: TestApi;
  openai: string;
  anthropic: string;
  aws: string;
  gateway: TestService;
}

/** Starts an API to push calls to. */
export async function startPushWorld(): Promise<PushWorld> {
  const api = await startTestApi();
  const { db } = api.services;
  return {
    api,
    openai: await addConnection(db, { provider: 'openai' }),
    anthropic: await addConnection(db, { provider: 'anthropic' }),
    aws: await addConnection(db),
    gateway: await api.addService(['usage:write']),
  };
}

/** What `llm_usage` holds of a connection, in the order of its buckets and models. */
export function storedUsage({ api }: PushWorld, connectionId: string) {
  return api.services.db
    .selectFrom('llm_usage')
    .selectAll()
    .where('connection_id', '=', connectionId)
    .orderBy('bucket_start')
    .orderBy('model')
    .orderBy('user_tag')
    .execute();
}

/** Every row of every table that a push can reach, as one text. */
export async function everythingStored({ api }: PushWorld): Promise<string> {
  const tables = ['llm_usage', 'llm_calls', 'audit_log', 'idempotency_keys'];
  const texts = await Promise.all(
    tables.map(async (table) => {
      const { rows } = await api.services.pool.query<{ row: string }>(
        `select t::text as row from ${table} t`,
      );
      return rows.map(({ row }) => row).join('\n');
    }),
  );
  return texts.join('\n');
}
