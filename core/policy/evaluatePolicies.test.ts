import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { PolicyRule, WEEKDAYS } from '../contracts/policy.ts';
import { evaluatePolicies } from './evaluatePolicies.ts';
import type { PolicyFacts } from './policyFacts.ts';
import type { JudgingPolicy } from './policyVersion.ts';

const ANNA = '00000000-0000-4000-8000-00000000000a';
const BEN = '00000000-0000-4000-8000-00000000000b';
const CONNECTION = '00000000-0000-4000-8000-0000000000c1';

const FACTS: PolicyFacts = {
  stage: 'proposal',
  kind: 'resize_instance',
  connectionId: CONNECTION,
  accountId: '123456789012',
  tags: { Env: 'Prod', team: 'data' },
  monthlySaving: { amount: '100.00', currency: 'USD' },
  startedToday: [],
  now: '2026-11-20T12:00:00.000Z',
  lapsesAt: '2026-11-23T12:00:00.000Z',
};

let count = 0;
const policy = (rule: unknown, given: Partial<JudgingPolicy> = {}): JudgingPolicy => ({
  id: `00000000-0000-4000-8000-${String((count += 1)).padStart(12, '0')}`,
  name: 'My rule',
  enabled: true,
  rule: PolicyRule.parse(rule),
  ...given,
});
const judge = (rules: unknown[], facts: Partial<PolicyFacts> = {}) =>
  evaluatePolicies(
    rules.map((rule) => policy(rule)),
    { ...FACTS, ...facts },
  );
const PROD = { tags: [{ key: 'env', value: 'prod' }] };

test('without policies everything is allowed by one approval', () => {
  const evaluation = judge([]);
  expect(evaluation).toMatchObject({ findings: [], refusal: undefined, approvalsNeeded: 1 });
  expect(evaluation.waitUntil).toBeUndefined();
  expect(evaluation.objectTo({ id: ANNA, role: 'approver' })).toBeUndefined();
});

test('what is not enabled does not count', () => {
  const off = policy({ type: 'freeze', reason: 'x' }, { enabled: false });
  expect(evaluatePolicies([off], FACTS)).toMatchObject({ findings: [], refusal: undefined });
  expect(evaluatePolicies([off], FACTS).version).toBe(evaluatePolicies([], FACTS).version);
});

describe('protect', () => {
  test.each([
    [{ tags: [{ key: 'env', value: 'prod' }] }, 'its tag Env=Prod'],
    [{ tags: [{ key: 'env' }] }, 'its tag Env=Prod'],
    [{ tags: [{ key: 'none' }, { key: 'te*' }] }, 'its tag team=data'],
    [{ accounts: ['123456789012'] }, 'its account 123456789012'],
    [{ connectionIds: [CONNECTION] }, 'its connection'],
    [{ kinds: ['resize_instance'] }, 'the kind of the action'],
    [{ ...PROD, accounts: ['123456789012'] }, 'its tag Env=Prod and its account 123456789012'],
  ])('%j refuses, and says why', (selector, because) => {
    const detail = `The policy “My rule” protects this resource because of ${because}.`;
    expect(judge([{ type: 'protect', selector }])).toMatchObject({
      refusal: detail,
      findings: [{ name: 'My rule', type: 'protect', effect: 'refuse', detail }],
    });
  });

  test.each([
    { tags: [{ key: 'env', value: 'test' }] },
    { tags: [{ key: 'envi' }] },
    { accounts: ['1'] },
    { connectionIds: [ANNA] },
    { kinds: ['limit_api_key'] },
    { ...PROD, accounts: ['1'] },
  ])('%j is about something else', (selector) => {
    expect(judge([{ type: 'protect', selector }]).findings).toEqual([]);
  });

  test('has to name something', () => {
    expect(PolicyRule.safeParse({ type: 'protect', selector: {} }).success).toBe(false);
    expect(PolicyRule.safeParse({ type: 'protect' }).success).toBe(false);
  });
});

describe('approvers', () => {
  const rules = [{ type: 'approvers', users: [ANNA], roles: ['admin'] }];
  test('lets those in whom it names, and nobody else', () => {
    const { objectTo, findings, refusal } = judge(rules);
    expect(objectTo({ id: ANNA, role: 'approver' })).toBeUndefined();
    expect(objectTo({ id: BEN, role: 'admin' })).toBeUndefined();
    const sentence =
      'Only one named person and admins may approve this, says the policy “My rule”.';
    expect(objectTo({ id: BEN, role: 'approver' })).toBe(sentence);
    expect(findings).toMatchObject([{ effect: 'approvals', detail: sentence }]);
    expect(refusal).toBeUndefined();
  });
  test('two of them let in whom both let in', () => {
    const { objectTo } = judge([...rules, { type: 'approvers', users: [ANNA, BEN] }]);
    expect(objectTo({ id: ANNA, role: 'approver' })).toBeUndefined();
    expect(objectTo({ id: BEN, role: 'approver' })).toMatch(/one named person/);
  });
  test('have to name somebody', () => {
    expect(PolicyRule.safeParse({ type: 'approvers' }).success).toBe(false);
  });
});

describe('two approvers', () => {
  const from = { amount: '100', currency: 'USD' };
  const usd = (amount: string) => ({ amount, currency: 'USD' });
  test.each([
    ['exactly the amount', usd('100.000'), 2],
    ['a billionth below', usd('99.999999999'), 1],
    ['a billionth above', usd('100.000000001'), 2],
    ['costs more by the amount', usd('-100'), 2],
    ['costs a little more', usd('-99.99'), 1],
    ['not known', null, 2],
    ['another currency', { amount: '1', currency: 'EUR' }, 2],
  ])('%s', (_name, monthlySaving, expected) => {
    const { approvalsNeeded } = judge([{ type: 'two_approvers', from }], { monthlySaving });
    expect(approvalsNeeded).toBe(expected);
  });
  test('for a tag, whatever the amount, and for both where both are named', () => {
    const small = { monthlySaving: usd('1') };
    expect(judge([{ type: 'two_approvers', selector: PROD }], small)).toMatchObject({
      approvalsNeeded: 2,
      findings: [
        {
          detail:
            'Two different people have to approve this, says the policy “My rule” because of its tag Env=Prod.',
        },
      ],
    });
    expect(judge([{ type: 'two_approvers', selector: PROD, from }], small).approvalsNeeded).toBe(1);
  });
});

describe('change window', () => {
  const night = {
    type: 'change_window',
    timeZone: 'Europe/Berlin',
    hours: [{ days: ['sat'], from: '22:00', to: '04:00' }],
  };
  test('outside of it the action waits for the next one', () => {
    expect(judge([night])).toMatchObject({
      refusal: undefined,
      waitUntil: '2026-11-21T21:00:00.000Z',
      findings: [
        {
          effect: 'wait',
          detail:
            'The policy “My rule” allows changes only Sat 22:00 to 04:00 (Europe/Berlin); the next change window opens at 2026-11-21T21:00:00.000Z.',
        },
      ],
    });
  });
  test('inside of it nothing is said', () => {
    const now = '2026-11-21T23:00:00.000Z';
    expect(judge([night], { now })).toMatchObject({ findings: [], waitUntil: undefined });
  });
  test('where none opens in time it refuses', () => {
    const { refusal, waitUntil } = judge([night], { lapsesAt: '2026-11-21T21:00:00.000Z' });
    expect(waitUntil).toBeUndefined();
    expect(refusal).toMatch(
      /^The policy “My rule” allows changes only .*; no change window opens before/,
    );
  });
  test('two have to be open at once', () => {
    const early = { ...night, hours: [{ days: ['sun'], from: '01:00', to: '02:00' }] };
    expect(judge([night, early]).waitUntil).toBe('2026-11-22T00:00:00.000Z');
    const never = { ...night, hours: [{ days: ['wed'], from: '01:00', to: '02:00' }] };
    expect(judge([night, never]).refusal).toMatch(/no change window opens/);
  });
  test.each(['Mars/Olympus', '+01:00', 'europe/berlin', ''])('%s is no time zone', (timeZone) => {
    expect(PolicyRule.safeParse({ ...night, timeZone }).success).toBe(false);
  });
});

describe('daily limit', () => {
  const other = { ...FACTS, tags: { env: 'test' } };
  const rule = { type: 'daily_limit', actions: 2 };
  test('warns before, refuses when the action is about to execute', () => {
    const startedToday = [other, other];
    const warned = judge([rule], { startedToday });
    expect(warned).toMatchObject({ refusal: undefined, findings: [{ effect: 'warn' }] });
    expect(judge([rule], { startedToday, stage: 'execution' }).refusal).toBe(
      'The policy “My rule” allows 2 actions a day on account 123456789012, and 2 began today (UTC).',
    );
    expect(judge([rule], { startedToday: [other], stage: 'execution' }).findings).toEqual([]);
  });
  test('counts what it is about', () => {
    const facts = { startedToday: [other, other], stage: 'execution' as const };
    expect(judge([{ ...rule, selector: PROD }], facts).refusal).toBeUndefined();
  });
});

describe('freeze', () => {
  test('refuses with its reason, before all else that refuses', () => {
    expect(
      evaluatePolicies(
        [
          policy({ type: 'protect', selector: PROD }, { name: 'A' }),
          policy({ type: 'freeze', reason: 'Black Friday.' }, { name: 'B' }),
        ],
        FACTS,
      ).refusal,
    ).toBe('Actions are frozen by the policy “B”: Black Friday.');
  });
  test('can be about a part', () => {
    const selector = { tags: [{ key: 'env', value: 'test' }] };
    expect(judge([{ type: 'freeze', reason: 'x', selector }]).refusal).toBeUndefined();
  });
});

describe('infrastructure as code', () => {
  const rule = { type: 'infrastructure_as_code', effect: 'warn' };
  test.each([
    [{ 'aws:cloudformation:stack-name': 'web' }, 'CloudFormation'],
    [{ 'aws-cdk:cr-owned:1': 'true' }, 'the AWS CDK'],
    [{ 'goog-terraform-provisioned': 'true' }, 'Terraform'],
    [{ ManagedBy: 'Terraform' }, 'Terraform'],
    [{ 'managed-by': 'opentofu' }, 'OpenTofu'],
    [{ 'pulumi:project': 'web' }, 'Pulumi'],
    [{ 'managed-by-cnrm': 'true' }, 'Config Connector'],
    [{ 'goog-dm': 'web' }, 'Deployment Manager'],
    [{ 'azd-env-name': 'dev' }, 'the Azure Developer CLI'],
    [{ managed_by: 'bicep' }, 'Bicep'],
    [{ 'crossplane-kind': 'instance' }, 'Crossplane'],
  ])('knows %j', (tags, tool) => {
    const [finding] = judge([rule], { tags }).findings;
    expect(finding).toMatchObject({ effect: 'warn', type: 'infrastructure_as_code' });
    expect(finding?.detail).toContain(`managed by ${tool} (tag ${Object.keys(tags)[0]!}=`);
    expect(judge([{ ...rule, effect: 'refuse' }], { tags }).refusal).toBe(finding?.detail);
  });
  test.each([{ 'hidden-title': 'Web' }, { 'managed-by': 'hand' }, { terraform: 'no' }, {}])(
    'does not take %j for it',
    (tags) => {
      expect(judge([rule], { tags }).findings).toEqual([]);
    },
  );
  test('knows marks of one’s own', () => {
    const tags = [{ key: 'stack' }];
    expect(judge([{ ...rule, tags }], { tags: { Stack: 'web' } }).findings).toHaveLength(1);
  });
});

const selector = fc.record(
  {
    tags: fc.constantFrom([{ key: 'env', value: 'prod' }], [{ key: 'team' }], [{ key: 'x' }]),
    accounts: fc.constantFrom(['123456789012'], ['1']),
    kinds: fc.constantFrom(['resize_instance'], ['limit_api_key']),
  },
  { requiredKeys: [] },
);
const money = fc.record({
  amount: fc.constantFrom('50', '100', '150'),
  currency: fc.constantFrom('USD', 'EUR'),
});
const hours = fc.record({
  days: fc.uniqueArray(fc.constantFrom(...WEEKDAYS), { minLength: 1 }),
  from: fc.constantFrom('00:00', '09:00', '22:00'),
  to: fc.constantFrom('06:00', '12:00', '23:30'),
});
const anyRule = fc
  .oneof(
    fc.record({ type: fc.constant('protect'), selector }),
    fc.record({
      type: fc.constant('approvers'),
      selector,
      users: fc.subarray([ANNA, BEN]),
      roles: fc.subarray(['approver', 'admin']),
    }),
    fc.record(
      { type: fc.constant('two_approvers'), selector, from: money },
      { requiredKeys: ['type', 'selector'] },
    ),
    fc.record({
      type: fc.constant('change_window'),
      selector,
      timeZone: fc.constantFrom('UTC', 'Asia/Tokyo'),
      hours: fc.array(hours, { minLength: 1, maxLength: 2 }),
    }),
    fc.record({
      type: fc.constant('daily_limit'),
      selector,
      actions: fc.integer({ min: 1, max: 3 }),
    }),
    fc.record({ type: fc.constant('freeze'), selector, reason: fc.constant('Because.') }),
    fc.record({
      type: fc.constant('infrastructure_as_code'),
      selector,
      effect: fc.constantFrom('warn', 'refuse'),
    }),
  )
  .filter((rule) => PolicyRule.safeParse(rule).success);
const policies = fc.array(fc.tuple(anyRule, fc.boolean()), { maxLength: 8 }).map((all) =>
  all.map(([rule, enabled], i): JudgingPolicy => ({
    id: `00000000-0000-4000-8000-${String(i).padStart(12, '0')}`,
    name: `rule ${i % 3}`,
    enabled,
    rule: PolicyRule.parse(rule),
  })),
);
const facts = fc.record({
  stage: fc.constantFrom('proposal' as const, 'approval' as const, 'execution' as const),
  kind: fc.constantFrom('resize_instance' as const, 'limit_api_key' as const),
  connectionId: fc.constant(CONNECTION),
  accountId: fc.constantFrom('123456789012', '2'),
  tags: fc.constantFrom({}, { Env: 'prod' }, { team: 'x', 'pulumi:stack': 's' }),
  monthlySaving: fc.option(money),
  startedToday: fc.array(fc.constant(FACTS), { maxLength: 3 }),
  now: fc
    .integer({ min: 0, max: 6 * 24 })
    .map((h) => new Date(Date.UTC(2026, 10, 20) + h * 3_600_000).toISOString()),
  lapsesAt: fc.constantFrom('2026-11-28T00:00:00.000Z', '2026-11-24T00:00:00.000Z'),
});
const PEOPLE = [
  { id: ANNA, role: 'approver' as const },
  { id: BEN, role: 'admin' as const },
];
const asData = ({ objectTo, ...rest }: ReturnType<typeof evaluatePolicies>) => ({
  ...rest,
  objections: PEOPLE.map(objectTo),
});

test('the order of the policies does not matter', () => {
  fc.assert(
    fc.property(
      policies.chain((all) =>
        fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length })),
      ),
      facts,
      ([given, shuffled], about) => {
        expect(asData(evaluatePolicies(shuffled, about))).toEqual(
          asData(evaluatePolicies(given, about)),
        );
      },
    ),
    { numRuns: 200 },
  );
});

test('one more policy never allows more', () => {
  fc.assert(
    fc.property(policies, anyRule, facts, (given, more, about) => {
      const before = evaluatePolicies(given, about);
      const after = evaluatePolicies([...given, policy(more, { name: 'one more' })], about);
      if (before.refusal !== undefined) expect(after.refusal).toBeDefined();
      expect(after.approvalsNeeded).toBeGreaterThanOrEqual(before.approvalsNeeded);
      for (const person of PEOPLE)
        if (before.objectTo(person) !== undefined) expect(after.objectTo(person)).toBeDefined();
      if (before.waitUntil !== undefined && after.refusal === undefined)
        expect((after.waitUntil ?? '') >= before.waitUntil).toBe(true);
      expect(after.version).not.toBe(before.version);
    }),
    { numRuns: 300 },
  );
});

test('every sentence that refuses, warns, waits or asks names its policy', () => {
  fc.assert(
    fc.property(policies, facts, (given, about) => {
      const { findings, refusal } = evaluatePolicies(given, about);
      for (const { name, detail } of findings) expect(detail).toContain(`“${name}”`);
      const refused = findings.some(({ effect }) => effect === 'refuse');
      expect(refusal !== undefined).toBe(refused);
    }),
    { numRuns: 200 },
  );
});

test('the version is of what is enabled, and the same again after a freeze', () => {
  const one = policy({ type: 'protect', selector: PROD });
  const freeze = policy({ type: 'freeze', reason: 'x' });
  const version = (all: JudgingPolicy[]) => evaluatePolicies(all, FACTS).version;
  expect(version([one, freeze])).not.toBe(version([one]));
  expect(version([one, { ...freeze, enabled: false }])).toBe(version([one]));
  expect(version([{ ...one, name: 'Other' }])).not.toBe(version([one]));
});
