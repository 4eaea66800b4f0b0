import { expect, test } from 'vitest';
import { ALL_SCOPES, Role, ROLE_SCOPES, SERVICE_SCOPES, SERVICES_ONLY } from './access.ts';

test('no service holds the scopes of deciding and of reseeding', () => {
  expect(SERVICE_SCOPES).not.toContain('actions:decide');
  expect(SERVICE_SCOPES).not.toContain('demo:reseed');
});

test('only approvers and admins decide', () => {
  const deciders = Role.options.filter((role) => ROLE_SCOPES[role].includes('actions:decide'));
  expect(deciders).toEqual(['approver', 'admin']);
});

test('an admin may do everything that is for people', () => {
  const missing = ALL_SCOPES.filter((scope) => !ROLE_SCOPES.admin.includes(scope));
  expect(missing).toEqual(SERVICES_ONLY);
});
