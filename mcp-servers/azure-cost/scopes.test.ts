import { expect, test } from 'vitest';
import { EnvError } from '../../core/config/env.ts';
import { parseScopes } from './scopes.ts';

const A = '11111111-1111-1111-1111-111111111111';
const B = '22222222-2222-2222-2222-222222222222';
const BILLING = 'providers/Microsoft.Billing/billingAccounts/123';

const linesOf = (text: string): string[] => {
  try {
    parseScopes(text);
    return [];
  } catch (error) {
    return error instanceof EnvError ? error.lines : ['another error'];
  }
};

test('each kind of scope is told apart, slashes and spaces around it forgiven', () => {
  expect(
    parseScopes(` /subscriptions/${A}/ , subscriptions/${B}/resourceGroups/shop-1_(x).y,`),
  ).toEqual([
    { path: `subscriptions/${A}`, kind: 'subscription', subscriptionId: A },
    {
      path: `subscriptions/${B}/resourceGroups/shop-1_(x).y`,
      kind: 'resourceGroup',
      subscriptionId: B,
      resourceGroup: 'shop-1_(x).y',
    },
  ]);
  expect(parseScopes('providers/Microsoft.Management/managementGroups/root')).toMatchObject([
    { kind: 'managementGroup' },
  ]);
  expect(
    parseScopes(`${BILLING}:abc_2019-05-31/billingProfiles/P/invoiceSections/S`),
  ).toMatchObject([{ kind: 'billing', billingAccountId: '123:abc_2019-05-31' }]);
  expect(parseScopes('')).toEqual([]);
});

test.each([
  ['what is no scope', 'subscriptions/nope', [/entry 1 is not a scope/]],
  ['a way out of the path', `subscriptions/${A}/resourceGroups/..`, [/entry 1 is not/]],
  ['a query', `subscriptions/${A}?x=1`, [/entry 1 is not/]],
  [
    'the same twice, in another case',
    `subscriptions/${'ab'.repeat(4)}${A.slice(8)},SUBSCRIPTIONS/${'AB'.repeat(4)}${A.slice(8)}`,
    [/1 and 2 are the same/],
  ],
  [
    'a group in its subscription',
    `subscriptions/${A}/resourceGroups/r,subscriptions/${A}`,
    [/1 and 2 lie in each other/],
  ],
  [
    'a management group beside others',
    `subscriptions/${A},providers/Microsoft.Management/managementGroups/m`,
    [/name a management group alone/],
  ],
  [
    'a billing scope beside a subscription',
    `subscriptions/${A},${BILLING}`,
    [/name only billing scopes/],
  ],
  [
    'one billing account divided in two ways',
    `${BILLING}/departments/1,${BILLING}/enrollmentAccounts/2`,
    [/different ways/],
  ],
  [
    'every mistake',
    `x,y,subscriptions/${A},subscriptions/${A}`,
    [/entry 1/, /entry 2/, /entries 3 and 4 are the same/],
  ],
])('%s is refused with a line for each mistake', (_name, text, lines) => {
  expect(linesOf(text)).toEqual(lines.map((line) => expect.stringMatching(line) as string));
});

test.each([
  [
    'two groups of a subscription',
    `subscriptions/${A}/resourceGroups/r,subscriptions/${A}/resourceGroups/r2`,
  ],
  ['two subscriptions', `subscriptions/${A},subscriptions/${B}`],
  ['two departments', `${BILLING}/departments/1,${BILLING}/departments/2`],
  ['two billing accounts', `${BILLING},${BILLING}4`],
])('%s stand side by side', (_name, text) => {
  expect(linesOf(text)).toEqual([]);
});

test('more than ten are refused', () => {
  const many = Array.from({ length: 11 }, (_, i) => `subscriptions/${A}/resourceGroups/r${i}`);
  expect(linesOf(many.join(','))).toEqual([expect.stringMatching(/10 at most/)]);
});
