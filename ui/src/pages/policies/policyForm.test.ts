import { describe, expect, test } from 'vitest';
import type { Schemas } from '../../client/api';
import { emptyForm, formOf, toRule } from './policyForm';
import { policySummary } from './policySummary';

const CONNECTION = '00000000-0000-4000-8000-0000000000c1';
const ANNA = '00000000-0000-4000-8000-00000000000a';
const NAMES = {
  connections: new Map([[CONNECTION, 'Shop']]),
  people: new Map([[ANNA, 'anna']]),
};

const RULES: [Schemas['PolicyRule'], string][] = [
  [
    { type: 'protect', selector: { tags: [{ key: 'env', value: 'prod=1' }, { key: 'keep' }] } },
    'No action may touch resources with the tag env=prod=1 or keep.',
  ],
  [
    { type: 'approvers', selector: {}, users: [ANNA], roles: ['admin'] },
    'Only anna and admins may approve actions.',
  ],
  [
    { type: 'two_approvers', selector: {}, from: { amount: '100', currency: 'EUR' } },
    'Two different people have to approve actions that change the monthly cost by 100 EUR or more.',
  ],
  [
    { type: 'two_approvers', selector: { accounts: ['1', '2'] } },
    'Two different people have to approve actions in account 1 or 2.',
  ],
  [
    {
      type: 'change_window',
      selector: { connectionIds: [CONNECTION] },
      timeZone: 'Europe/Berlin',
      hours: [{ days: ['sun', 'sat'], from: '22:00', to: '04:00' }],
    },
    'Actions of Shop are carried out only Sat, Sun from 22:00 to 04:00 (Europe/Berlin).',
  ],
  [
    { type: 'daily_limit', selector: { kinds: ['resize_instance'] }, actions: 1 },
    'At most one action by actions that resize a machine for each account and UTC day.',
  ],
  [
    { type: 'freeze', selector: {}, reason: 'Black Friday.' },
    'Nothing is approved or begun: Black Friday.',
  ],
  [
    {
      type: 'infrastructure_as_code',
      selector: {},
      effect: 'refuse',
      tags: [{ key: 'stack' }],
    },
    'Actions on resources that infrastructure as code manages, or that have the tag stack are refused.',
  ],
];

describe('a rule', () => {
  test.each(RULES)('%j comes out of its form as it went in', (rule) => {
    const policy = { id: ANNA, name: 'a', enabled: true, version: 1, createdAt: '', updatedAt: '' };
    expect(toRule(formOf({ ...policy, rule }, 'UTC'))).toEqual(rule);
  });

  test.each(RULES)('%j is told in a sentence', (rule, sentence) => {
    expect(policySummary(rule, NAMES)).toBe(sentence);
  });
});

test('people without names are counted', () => {
  const rule = { type: 'approvers' as const, users: [ANNA, CONNECTION], roles: [] };
  expect(policySummary(rule, NAMES)).toBe('Only 2 named people may approve actions.');
});

test('empty lines and spaces are no tags', () => {
  const form = { ...emptyForm('UTC'), tags: ' env = prod \n\n keep \n', accounts: '\n 1 ' };
  expect(toRule(form)).toEqual({
    type: 'protect',
    selector: { tags: [{ key: 'env', value: 'prod' }, { key: 'keep' }], accounts: ['1'] },
  });
});
