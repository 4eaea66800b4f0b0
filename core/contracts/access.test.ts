import { expect, test } from 'vitest';
import {
  ALL_SCOPES,
  GRANTABLE_SCOPES,
  Role,
  ROLE_SCOPES,
  SERVICE_SCOPES,
  SERVICES_ONLY,
} from './access.ts';

test('no service holds the scopes of deciding and of reseeding', () => {
  expect(SERVICE_SCOPES).not.toContain('actions:decide');
  expect(SERVICE_SCOPES).not.toContain('demo:reseed');
});

test('only approvers and admins decide', () => {
  const deciders = Role.options.filter((role) => ROLE_SCOPES[role].includes('actions:decide'));
  expect(deciders).toEqual(['approver', 'admin']);
});

test('an admin may do everything but what only the platform’s own parts may', () => {
  const others = ALL_SCOPES.filter((scope) => !SERVICES_ONLY.includes(scope));
  expect(ROLE_SCOPES.admin).toEqual(others);
});

test('no scope that opens stored credentials can be given to an account', () => {
  expect(GRANTABLE_SCOPES.filter((scope) => scope.startsWith('credentials:'))).toEqual([
    'credentials:write',
  ]);
});
