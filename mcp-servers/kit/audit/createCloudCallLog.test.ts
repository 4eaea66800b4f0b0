import { pino } from 'pino';
import { expect, onTestFinished, test } from 'vitest';
import { CloudCallReport } from '../../../core/contracts/audit.ts';
import { CostGuardError } from '../../../core/errors.ts';
import { withCloudCalls, noteCloudCall } from './cloudCallScope.ts';
import { createCloudCallLog, KEPT_MAX } from './createCloudCallLog.ts';

function given() {
  const reports: CloudCallReport[] = [];
  const lines: string[] = [];
  const api = { isAway: false, hold: Promise.resolve() };
  const calls = createCloudCallLog({
    server: 'aws-cost',
    log: pino({ level: 'trace' }, { write: (line: string) => void lines.push(line) }),
    now: () => new Date('2026-11-20T07:00:00Z'),
    intervalMs: 3_600_000,
    platform: {
      ask: async ({ body, reply }) => {
        await api.hold;
        if (api.isAway) throw new CostGuardError('api_unavailable', 'away');
        // As the API would: what it does not take fails the test.
        reports.push(CloudCallReport.parse(body));
        return reply.parse(undefined);
      },
    },
  });
  onTestFinished(() => calls.close());
  return { calls, reports, lines, api };
}

const call = (more: object = {}) => ({
  tool: 'query_costs',
  operation: 'ce:GetCostAndUsage',
  connectionId: '0199f3a2-5c1e-7d0a-9c57-0d5a3f6f2c11',
  caller: 'detective',
  status: 'ok',
  count: 1,
  ...more,
});
const countOf = (reports: CloudCallReport[]) =>
  reports.flatMap(({ calls }) => calls).reduce((sum, { count }) => sum + count, 0);

test('calls that differ in nothing are one with a count; a connection that has no id has none', async () => {
  const { calls, reports } = given();
  for (const more of [{}, { count: 2 }, { status: 'THROTTLED' }, { connectionId: 'default' }])
    calls.note(call(more));
  await calls.flush();
  expect(reports).toEqual([
    {
      server: 'aws-cost',
      lost: 0,
      calls: [
        { ...call({ count: 3 }), at: '2026-11-20T07:00:00.000Z' },
        { ...call({ status: 'THROTTLED' }), at: '2026-11-20T07:00:00.000Z' },
        { ...call({ connectionId: null }), at: '2026-11-20T07:00:00.000Z' },
      ],
    },
  ]);
  await calls.flush();
  expect(reports).toHaveLength(1);
});

test('what is noted while a report is under way is in the next one', async () => {
  const { calls, reports, api } = given();
  let release = (): void => undefined;
  api.hold = new Promise((resolve) => (release = resolve));
  calls.note(call());
  const first = calls.flush();
  calls.note(call());
  release();
  await first;
  await calls.flush();
  expect(reports.map(({ calls: sent }) => sent.map(({ count }) => count))).toEqual([[1], [1]]);
});

test('while the API is away calls are kept, and sent in reports of a bounded size', async () => {
  const { calls, reports, api } = given();
  api.isAway = true;
  for (let n = 0; n < 1_200; n += 1) calls.note(call({ caller: `c-${n}` }));
  await calls.flush();
  calls.note(call({ caller: 'c-1' }));
  api.isAway = false;
  await calls.close();
  expect(reports.map(({ calls: sent }) => sent.length)).toEqual([500, 500, 200]);
  expect(countOf(reports)).toBe(1_201);
});

test('what is too much is counted, said in the log, and reported as lost', async () => {
  const { calls, reports, lines, api } = given();
  api.isAway = true;
  for (let n = 0; n < KEPT_MAX + 7; n += 1) calls.note(call({ caller: `c-${n}` }));
  await calls.flush();
  api.isAway = false;
  await calls.close();
  expect(reports.reduce((sum, { lost }) => sum + lost, 0)).toBe(7);
  expect(countOf(reports)).toBe(KEPT_MAX);
  expect(lines.join('')).toContain('are lost to the audit log');
});

test('an end while the API is away is not silent about what it could not report', async () => {
  const { calls, lines, api } = given();
  api.isAway = true;
  calls.note(call({ count: 4 }));
  await calls.close();
  expect(JSON.parse(lines.at(-1) ?? '{}')).toMatchObject({ level: 50, calls: 4 });
});

test('a request is noted under the call that it is made in, and not at all outside of one', async () => {
  const { calls, reports } = given();
  const sent = { connectionId: 'default', operation: 'op', status: 'ok', count: 1 };
  noteCloudCall(sent);
  await Promise.all(
    ['one', 'two'].map((caller) =>
      withCloudCalls({ tool: 't', caller, log: calls }, async () => {
        await Promise.resolve();
        noteCloudCall(sent);
      }),
    ),
  );
  withCloudCalls({ tool: 't', caller: 'three', log: undefined }, () => noteCloudCall(sent));
  await calls.flush();
  expect(reports[0]?.calls.map(({ caller }) => caller)).toEqual(['one', 'two']);
});
