import { describe, expect, test } from 'vitest';
import type { NotificationRoute } from '../contracts/notification.ts';
import { matchesRoute } from './matchesRoute.ts';
import type { NotificationEvent } from './notificationEvent.ts';

const finding: NotificationEvent = {
  kind: 'anomaly',
  key: 'anomaly:1',
  title: 'Spike',
  text: 'More than expected.',
  severity: 'high',
  path: '/anomalies/1',
  connectionId: 'c1',
  provider: 'aws',
  accounts: ['111', '222'],
  owners: ['data'],
  impact: { amount: '-120.50', currency: 'USD' },
};
const budget: NotificationEvent = {
  kind: 'budget',
  key: 'budget:1:2026-11:0.8',
  title: '80 % of the budget is spent',
  text: 'In November.',
  severity: 'medium',
  path: '/budgets/1',
};
const everything: NotificationRoute = {
  minSeverity: 'low',
  budgets: true,
  approvals: true,
  escalations: false,
};

describe('a finding', () => {
  test.each<[boolean, Partial<NotificationRoute>]>([
    [true, {}],
    [true, { minSeverity: 'high' }],
    [false, { minSeverity: 'critical' }],
    [true, { minImpact: '120.5' }],
    [false, { minImpact: '120.500000000000000001' }],
    [true, { providers: ['gcp', 'aws'] }],
    [false, { providers: ['gcp'] }],
    [true, { connectionIds: ['c1'] }],
    [false, { connectionIds: ['c2'] }],
    [true, { accounts: ['222'] }],
    [false, { accounts: ['22'] }],
    [true, { owners: ['data', 'web'] }],
    [false, { owners: ['Data'] }],
    [false, { providers: ['aws'], owners: ['web'] }],
    [true, { budgets: false }],
  ])('is let through: %j with %j', (expected, limits) => {
    expect(matchesRoute(finding, { ...everything, ...limits })).toBe(expected);
  });

  test.each<Partial<NotificationRoute>>([{ owners: ['data'] }, { accounts: ['111'] }])(
    'of nobody known does not meet %j',
    (limits) => {
      const unknown = { ...finding, accounts: [], owners: [] };
      expect(matchesRoute(unknown, { ...everything, ...limits })).toBe(false);
    },
  );
});

describe('a budget', () => {
  test.each<[boolean, Partial<NotificationEvent>, Partial<NotificationRoute>]>([
    [true, {}, {}],
    [false, {}, { budgets: false }],
    [false, {}, { minSeverity: 'high' }],
    [true, {}, { providers: ['aws'], owners: ['data'], accounts: ['111'], minImpact: '5' }],
    [true, { provider: 'aws' }, { providers: ['aws'] }],
    [false, { provider: 'gcp' }, { providers: ['aws'] }],
    [false, { connectionId: 'c2' }, { connectionIds: ['c1'] }],
    [false, { owners: ['web'] }, { owners: ['data'] }],
  ])('is let through: %j, %j with %j', (expected, given, limits) => {
    expect(matchesRoute({ ...budget, ...given }, { ...everything, ...limits })).toBe(expected);
  });
});

describe('an action that waits', () => {
  const action: NotificationEvent = {
    ...budget,
    kind: 'action',
    key: 'action:1:reminder',
    stage: 'reminder',
    connectionId: 'c1',
    provider: 'aws',
    accounts: ['111'],
  };
  test.each<[boolean, Partial<NotificationEvent>, Partial<NotificationRoute>]>([
    [true, {}, {}],
    [false, {}, { approvals: false, escalations: true }],
    [false, { stage: 'escalation' }, {}],
    [true, { stage: 'escalation' }, { approvals: false, escalations: true }],
    [false, {}, { minSeverity: 'high' }],
    [false, {}, { providers: ['gcp'] }],
    [false, {}, { accounts: ['222'] }],
    // Whose it is is not known.
    [true, {}, { owners: ['data'], accounts: ['111'] }],
  ])('is let through: %j, %j with %j', (expected, given, limits) => {
    expect(matchesRoute({ ...action, ...given }, { ...everything, ...limits })).toBe(expected);
  });
});

test('a test message meets every route', () => {
  const event: NotificationEvent = { ...budget, kind: 'test', severity: 'low' };
  const route: NotificationRoute = {
    minSeverity: 'critical',
    budgets: false,
    approvals: false,
    escalations: false,
    owners: ['data'],
  };
  expect(matchesRoute(event, route)).toBe(true);
});
