import { addDays, utcDay } from '../../core/time/day.ts';

const SCOPES = ['costs:read', 'anomalies:read', 'actions:read', 'budgets:read', 'connections:read'];

/** What the API would answer the dashboard, by path: somebody is signed in, and costs have `days` days and `series` groups. */
export function madeUpAnswers(days: number, series: number): (path: string) => unknown {
  const to = utcDay(new Date());
  const from = addDays(to, -days);
  const groups = Array.from({ length: series }, (_, s) => {
    const points = Array.from({ length: days }, (_day, i) => ({
      date: addDays(from, i),
      cost: String(20 + s + 10 * Math.sin(i / 7 + s) + ((i * 7919 + s * 104729) % 13)),
    }));
    const total = points.reduce((sum, { cost }) => sum + Number(cost), 0).toFixed(2);
    const key = `Service ${s}`;
    return { key, label: key, isRemainder: false, currency: 'USD', total, points };
  });
  const total = groups.reduce((sum, one) => sum + Number(one.total), 0).toFixed(2);
  const costs = {
    ...{ from, to, granularity: 'day', groupBy: 'service', groups },
    totals: [{ currency: 'USD', total }],
    dataUntil: addDays(to, -1),
  };
  const summary = {
    ...{ from, to, comparedTo: to, previousFrom: addDays(from, -days), previousTo: from },
    ...{ totals: [], groupBy: 'service', movers: [], openAnomalies: 0, actionsWaiting: 0 },
  };
  const me = {
    kind: 'user',
    ...{ id: '0199f3a2-5c1e-7d0a-9c57-0d5a3f6f2c11', name: 'bench', username: 'bench' },
    ...{ role: 'viewer', scopes: SCOPES, teams: [], csrfToken: 'x', mustChangePassword: false },
  };
  return (path) => {
    if (path.endsWith('/auth/me')) return me;
    if (path.endsWith('/usage/costs')) return costs;
    if (path.endsWith('/usage/summary')) return summary;
    return { items: [], next_cursor: null, totals: [], hasMore: false };
  };
}
