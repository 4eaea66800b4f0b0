import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { Anomaly } from '../../core/contracts/anomaly.ts';
import { Team, type TeamGrant, type TeamMemberRef } from '../../core/contracts/team.ts';
import type { CostRecord } from '../../core/focus/costRecord.ts';
import { addDays } from '../../core/time/day.ts';
import { replaceCosts } from '../../db/queries/costs/replaceCosts.ts';
import { addSaving } from './addSaving.ts';
import { addLlmUse } from './addLlmUse.ts';
import { charge } from './charge.ts';
import type { TestService, TestUser } from './createTestIdentities.ts';
import { actionProposal, addConnection, anomalyReport } from './samples.ts';
import { startTestApi, type TestApi, type TestApiOptions } from './startTestApi.ts';

/** The day of every charge. */
export const DAY = '2026-11-18';

/** All that one team's connection has. What can carry a text carries `mark`, so that it is found wherever it leaks. */
export interface Part {
  mark: string;
  connectionId: string;
  anomalyId: string;
  actionId: string;
  budgetId: string;
  llmConnectionId: string;
}

/** Two teams with a part each, on one API. */
export interface TeamWorld {
  api: TestApi;
  admin: TestUser;
  reporter: TestService;
  a: Part;
  b: Part;
  addTeam: (members: TeamMemberRef[], grants: TeamGrant[]) => Promise<Team>;
  /** Puts charges in place of those of the connection on `DAY`. */
  storeCharges: (connectionId: string, charges: readonly CostRecord[]) => Promise<void>;
  report: (connectionId: string, given: Record<string, unknown>) => Promise<Anomaly>;
  close: () => Promise<void>;
}

/** Starts an API with two parts of everything; teams are the caller's to make. Its clock stands on `DAY` unless told. */
export async function startTeamWorld(
  now: Date | null = new Date(`${DAY}T12:00:00Z`),
  { temporal = 'away' }: Pick<TestApiOptions, 'temporal'> = {},
): Promise<TeamWorld> {
  const api = await startTestApi({ temporal, env: { DEMO_MODE: 'false' } });
  api.services.changes.start();
  api.clock.now = now;
  const admin = await api.signIn('admin');
  const reporter = await api.addService(['anomalies:write', 'actions:propose', 'budgets:write']);
  const post = (path: string, body: unknown) =>
    api.call('POST', path, { as: path.endsWith('teams') ? admin.as : reporter.as, body });
  const storeCharges: TeamWorld['storeCharges'] = async (connectionId, rows) => {
    await replaceCosts(api.services.pool, {
      connectionId,
      provider: 'aws',
      from: DAY,
      to: addDays(DAY, 1),
      rows,
      seenAt: new Date(),
    });
  };
  const report: TeamWorld['report'] = async (connectionId, given) => {
    const body = anomalyReport(connectionId, given);
    return (await post('/api/v1/anomalies', body)).read(Anomaly);
  };
  const addPart = async (mark: string, cost: string): Promise<Part> => {
    const { db } = api.services;
    const connectionId = await addConnection(db, { name: `${mark} aws` });
    const llmConnectionId = await addConnection(db, { name: `${mark} openai`, provider: 'openai' });
    await storeCharges(connectionId, [
      charge(DAY, cost, {
        serviceName: `${mark} service`,
        subAccountId: `${mark} account`,
        resourceId: `${mark} resource`,
        tags: { owner: `${mark} owner` },
      }),
    ]);
    await addLlmUse(db, llmConnectionId, [
      {
        at: `${DAY}T01:00:00Z`,
        units: { input: '1000' },
        model: `${mark} model`,
        project: `${mark} project`,
        key: `${mark} key`,
        userTag: `${mark} user`,
        source: 'push',
      },
    ]);
    await db
      .insertInto('llm_reconciliations')
      .values({ connection_id: llmConnectionId, day: DAY, model: mark, meter: '', theirs: '1' })
      .execute();
    await db
      .insertInto('backfill_months')
      .values({ connection_id: connectionId, month: '2026-10-01', detail: mark })
      .execute();
    const anomaly = await report(connectionId, {
      subAccountId: `${mark} account`,
      serviceName: `${mark} service`,
      explanation: `${mark} explanation`,
      startedOn: DAY,
      lastSeenOn: DAY,
    });
    const action = await post(
      '/api/v1/actions',
      actionProposal(connectionId, { reason: `${mark} reason`, anomalyId: anomaly.id }),
    );
    await addSaving(db, { actionId: (action.body as { id: string }).id });
    const budget = await post('/api/v1/budgets', {
      name: `${mark} budget`,
      amount: '100',
      currency: 'USD',
      filter: { connectionId },
    });
    return {
      mark,
      connectionId,
      llmConnectionId,
      anomalyId: anomaly.id,
      actionId: (action.body as { id: string }).id,
      budgetId: (budget.body as { id: string }).id,
    };
  };
  const [a, b] = [await addPart('alpha', '10.000000000000000001'), await addPart('bravo', '77.5')];
  // Of neither team, and to be seen by none: it sums both.
  await post('/api/v1/budgets', { name: 'bravo and alpha', amount: '9', currency: 'USD' });
  await sql`insert into notification_channels (id, kind, name, config, route, secret_sealed)
    values (${randomUUID()}, 'webhook', 'bravo channel', '{}', '{}', 'x')`.execute(api.services.db);
  return {
    api,
    admin,
    reporter,
    a,
    b,
    storeCharges,
    report,
    addTeam: async (members, grants) =>
      (await post('/api/v1/teams', { name: `team ${randomUUID()}`, members, grants })).read(Team),
    close: () => api.close(),
  };
}
