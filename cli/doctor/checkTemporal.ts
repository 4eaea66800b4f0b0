import { Client, Connection } from '@temporalio/client';
import { temporalAddress } from '../../core/config/addresses.ts';
import type { Env } from '../../core/config/env.ts';
import { hasLlmUsage } from '../../core/connections/hasLlmUsage.ts';
import { detectiveScheduleId, llmScheduleId } from '../../core/connections/scheduleId.ts';
import type { Database } from '../../db/connect.ts';
import { isTemporalReady } from '../launch/temporal/isTemporalReady.ts';
import { SEARCH_ATTRIBUTES } from '../launch/temporal/searchAttributes.ts';
import { type Finding, not, ok } from './finding.ts';

const WAIT_MS = 5_000;
const SHOWN_MAX = 3;
// A worker asks for work for a minute at a time; the server remembers who asked for five.
const POLL_AGE_MS_MAX = 90_000;

/** The task queues, and who polls each. */
const POOLS = { detective: 'detective', llm: 'llm', actions: 'action' } as const;

/** Temporal serves, has the namespace with its search attributes, every schedule, and a worker at every queue. */
export async function checkTemporal(env: Env, db: Database | undefined): Promise<Finding[]> {
  const address = temporalAddress(env);
  const namespace = env.TEMPORAL_NAMESPACE;
  try {
    if (!(await isTemporalReady(address, namespace))) throw new Error('it does not serve yet');
  } catch (error) {
    return [
      not(
        'away',
        'Temporal',
        `${address} does not answer for the namespace ${namespace} (${error instanceof Error ? error.message : ''})`,
        'Start it, or set TEMPORAL_ADDRESS and TEMPORAL_NAMESPACE; costguard’s preparation (npm start, the migrate container) makes the namespace.',
      ),
    ];
  }
  const connection = await Connection.connect({ address, connectTimeout: WAIT_MS });
  try {
    return await connection.withDeadline(Date.now() + 4 * WAIT_MS, async () => [
      ok('Temporal', `${address}, namespace ${namespace}`),
      await checkAttributes(connection, namespace),
      ...(db === undefined ? [] : [await checkSchedules(connection, env, db)]),
      ...(await checkPollers(connection, env)),
    ]);
  } finally {
    await connection.close();
  }
}

async function checkAttributes(connection: Connection, namespace: string): Promise<Finding> {
  const answer = await connection.operatorService.listSearchAttributes({ namespace });
  const known = Object.keys(answer.customAttributes);
  const missing = Object.entries(SEARCH_ATTRIBUTES).filter(([name]) => !known.includes(name));
  return missing.length === 0
    ? ok('search attributes', 'all there')
    : not(
        'failed',
        'search attributes',
        `missing: ${missing.map(([name]) => name).join(', ')}`,
        `Add them: ${missing.map(([name, type]) => `temporal operator search-attribute create --name ${name} --type ${type} --namespace ${namespace}`).join('; ')}`,
      );
}

async function checkSchedules(connection: Connection, env: Env, db: Database): Promise<Finding> {
  const rows = await db
    .selectFrom('connections')
    .select(['id', 'provider', 'demo'])
    .where('enabled', '=', true)
    .execute();
  const wanted = [
    'maintenance',
    ...(makesBackups(env) ? ['backup'] : []),
    ...rows.flatMap((row) => [
      detectiveScheduleId(row.id),
      ...(hasLlmUsage(row) ? [llmScheduleId(row.id)] : []),
    ]),
  ];
  const client = new Client({ connection, namespace: env.TEMPORAL_NAMESPACE });
  const paused = new Map<string, boolean>();
  for await (const { scheduleId, state } of client.schedule.list())
    paused.set(scheduleId, state.paused);
  const missing = wanted.filter((id) => !paused.has(id));
  if (missing.length > 0)
    return not(
      'failed',
      'schedules',
      `${missing.length} of ${wanted.length} are missing: ${shorten(missing)}`,
      'The detective worker writes them within seconds, the backup worker that of backups: see whether they run, and their logs.',
    );
  const stopped = wanted.filter((id) => paused.get(id) === true);
  return stopped.length === 0
    ? ok('schedules', `all ${wanted.length} there`)
    : not(
        'warning',
        'schedules',
        `${stopped.length} are paused: ${shorten(stopped)}`,
        'Resume them in the Temporal Web UI, Schedules, unless somebody paused them on purpose.',
      );
}

async function checkPollers(connection: Connection, env: Env): Promise<Finding[]> {
  const pools = { ...POOLS, ...(makesBackups(env) && { backup: 'backup' }) };
  const namespace = env.TEMPORAL_NAMESPACE;
  return Promise.all(
    Object.entries(pools).map(async ([queue, pool]) => {
      const { pollers } = await connection.workflowService.describeTaskQueue({
        namespace,
        taskQueue: { name: queue },
      });
      const part = `${pool} worker`;
      const now = Date.now();
      const live = pollers.filter(({ lastAccessTime: at }) => now - toMs(at) < POLL_AGE_MS_MAX);
      return live.length > 0
        ? ok(part, `${live.length} at the queue ${queue}`)
        : not(
            'away',
            part,
            `nobody has polled the queue ${queue} for more than a minute`,
            `Start it (npm start, docker compose up -d ${pool}-worker, or scale its Deployment up), and read its log where it ends by itself.`,
          );
    }),
  );
}

const toMs = (at: { seconds?: { toString: () => string } | null } | null | undefined): number =>
  Number(at?.seconds?.toString() ?? 0) * 1_000;

const makesBackups = (env: Env): boolean => env.BACKUP_LOCATION !== undefined;

const shorten = (ids: readonly string[]): string =>
  ids.length <= SHOWN_MAX
    ? ids.join(', ')
    : `${ids.slice(0, SHOWN_MAX).join(', ')} and ${ids.length - SHOWN_MAX} more`;
