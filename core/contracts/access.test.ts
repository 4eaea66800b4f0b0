import { expect, test } from 'vitest';
import { ALL_SCOPES, Role, ROLE_SCOPES, SERVICE_SCOPES } from './access.ts';

test('no service holds the scopes of deciding and of reseeding', () => {
  expect(SERVICE_SCOPES).not.toContain('actions:decide');
  expect(SERVICE_SCOPES).not.toContain('demo:reseed');
});

test('only approvers and admins decide', () => {
  const deciders = Role.options.filter((role) => ROLE_SCOPES[role].includes('actions:decide'));
  expect(deciders).toEqual(['approver', 'admin']);
});

test('an admin may do everything', () => expect(ROLE_SCOPES.admin).toEqual(ALL_SCOPES));
