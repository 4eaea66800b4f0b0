import { MockActivityEnvironment } from '@temporalio/testing';
import { createDetectAnomalies } from '../../activities/detective/detectAnomalies.ts';
import type { DetectAnomaliesResult } from '../../activities/detective/detectAnomalies.ts';
import { createPlatformApi } from '../../activities/platform/platformApi.ts';
import type { Anomaly } from '../../core/contracts/anomaly.ts';
import type { CostRecord } from '../../core/focus/costRecord.ts';
import { addDays, daysBetween } from '../../core/time/day.ts';
import { connect, type Database } from '../../db/connect.ts';
import { replaceCosts } from '../../db/queries/costs/replaceCosts.ts';
import type { TestUser } from '../api/createTestIdentities.ts';
import { addConnection } from '../api/samples.ts';
import { charge } from '../api/charge.ts';
import { startTestApi, type TestApi } from '../api/startTestApi.ts';

/** A detective beside a real API and database, on one connection; days are the test's own. */
export interface TestDetective {
  api: TestApi;
  db: Database;
  admin: TestUser;
  connectionId: string;
  /** SQL statements that the detective has sent, in order. */
  statements: string[];
  /** Stores the charges of some days as a poll does. */
  store: (period: { from: string; to: string }, chargesOn: ChargesOn) => Promise<void>;
  /** Judges as the poll of a day does: everything up to the day before. */
  judge: (asOf: string) => Promise<DetectAnomaliesResult>;
  findings: () => Promise<Anomaly[]>;
  close: () => Promise<void>;
}

/** What is charged on a day. */
export type ChargesOn = (day: string) => CostRecord[];

/** Starts all of it; close it when done. */
export async function startDetective(): Promise<TestDetective> {
  const api = await startTestApi();
  const admin = await api.signIn('admin');
  const service = await api.addService(['anomalies:write', 'actions:propose']);
  const statements: string[] = [];
  const { db, pool, close } = connect(api.databaseUrl, { applicationName: 'test-detective' });
  pool.on('connect', (client) => {
    const send = client.query.bind(client) as (...args: unknown[]) => unknown;
    client.query = ((...args: unknown[]) => {
      const [first] = args;
      statements.push(typeof first === 'string' ? first : (first as { text: string }).text);
      return send(...args);
    }) as typeof client.query;
  });
  const connectionId = await addConnection(db, { mode: 'read_only' });
  const platform = createPlatformApi({
    baseUrl: api.url,
    audience: api.url,
    tokens: {
      get: () => Promise.resolve((service.as['authorization'] ?? '').replace('Bearer ', '')),
      forget: () => undefined,
    },
    fetch,
  });
  const detect = createDetectAnomalies({ db, api: platform });
  return {
    api,
    db,
    admin,
    connectionId,
    statements,
    store: async (period, chargesOn) => {
      const days = Array.from({ length: daysBetween(period.from, period.to) }, (_, i) =>
        addDays(period.from, i),
      );
      await replaceCosts(pool, {
        connectionId,
        provider: 'aws',
        ...period,
        rows: days.flatMap(chargesOn),
        seenAt: new Date(),
      });
    },
    judge: (asOf) => new MockActivityEnvironment().run(detect, { connectionId, asOf }),
    findings: async () => {
      const reply = await api.call('GET', '/api/v1/anomalies?limit=200', { as: admin.as });
      return (reply.body as { items: Anomaly[] }).items.sort((a, b) =>
        a.startedOn + a.serviceName < b.startedOn + b.serviceName ? -1 : 1,
      );
    },
    close: async () => {
      await close();
      await api.close();
    },
  };
}

/** One meter's charges: what it costs on a day, in cents, with a small weekly pattern and a fixed wobble. */
export function meter(
  place: Partial<CostRecord> & { skuMeter: string },
  costOn: (day: string) => number,
): ChargesOn {
  return (day) => {
    const cost = costOn(day);
    if (cost === 0) return [];
    const seed = Array.from(Buffer.from(day + place.skuMeter)).reduce(
      (sum, byte) => (sum * 31 + byte) % 1009,
      7,
    );
    const wobble = 1 + ((seed / 1009 - 0.5) * 4) / 100;
    const amount = (cost * wobble).toFixed(4);
    return [charge(day, amount, { consumedQuantity: amount, consumedUnit: 'Hrs', ...place })];
  };
}
