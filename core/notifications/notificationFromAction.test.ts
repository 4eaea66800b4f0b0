import { expect, test } from 'vitest';
import type { Action } from '../contracts/action.ts';
import { notificationFromAction } from './notificationFromAction.ts';

const action = {
  id: '0199f3a2-5c1e-7d0a-9c57-0d5a3f6f2c11',
  kind: 'resize_instance',
  status: 'proposed',
  connectionId: '0199f3a2-5c1e-7d0a-9c57-0d5a3f6f2c12',
  connectionName: 'Production',
  provider: 'aws',
  resourceId: 'i-1',
  target: { instanceType: 'm5.large' },
  reason: 'Idle at night',
  proposedBy: 'olga',
  expectedMonthlySaving: { amount: '70.08', currency: 'USD' },
  expiresAt: '2026-11-27T08:30:00.000Z',
  plan: {
    resource: { accountId: '123456789012', resourceName: 'batch-worker' },
    savingBasis: 'list price',
    risks: ['It is down for some minutes.'],
    approvalsNeeded: 2,
  },
} as unknown as Omit<Action, 'temporalUrl'>;

test('a reminder says what waits, what it saves, what can break and until when', () => {
  expect(notificationFromAction(action, 'reminder', 1)).toMatchObject({
    key: `action:${action.id}:reminder`,
    stage: 'reminder',
    title: 'Waiting for approval: Resize batch-worker to m5.large',
    text: 'This action waits for a decision and expires at 2026-11-27 08:30 UTC.',
    severity: 'medium',
    path: `/actions/${action.id}`,
    accounts: ['123456789012'],
    facts: [
      { label: 'Expected saving', value: '70.08 USD a month (list price)' },
      { label: 'Risk', value: 'It is down for some minutes.' },
      { label: 'Proposed by', value: 'olga' },
      { label: 'Reason', value: 'Idle at night' },
      { label: 'Approvals missing', value: '1' },
      { label: 'Expires', value: '2026-11-27 08:30 UTC' },
      { label: 'Connection', value: 'Production (AWS)' },
    ],
  });
});

test('an escalation says that it is still undecided, and is another message', () => {
  const event = notificationFromAction(
    {
      ...action,
      target: { state: 'deleted' },
      resourceId: 'projects/p/zones/z/disks/d',
      plan: null,
    },
    'escalation',
    1,
  );
  expect(event).toMatchObject({
    key: `action:${action.id}:escalation`,
    title: 'Still undecided: Delete the disk d',
    severity: 'high',
    accounts: [],
  });
  expect(event.facts?.map(({ label }) => label)).not.toContain('Approvals missing');
});
