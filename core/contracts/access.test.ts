import { expect, test } from 'vitest';
import {
  ALL_SCOPES,
  GrantableScope,
  Role,
  ROLE_SCOPES,
  SERVICE_SCOPES,
  SERVICES_ONLY,
} from './access.ts';

test('no service holds the scopes of deciding, of changing policies, of reading workflows and of reseeding', () => {
  expect(SERVICE_SCOPES).not.toContain('policies:write');
  expect(SERVICE_SCOPES).not.toContain('actions:decide');
  expect(SERVICE_SCOPES).not.toContain('workflows:decode');
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
  expect(GrantableScope.options.filter((scope) => scope.startsWith('credentials:'))).toEqual([
    'credentials:write',
  ]);
});

test('nor the one that opens the secrets of notification channels', () => {
  expect(GrantableScope.options.filter((scope) => scope.startsWith('notifications:'))).toEqual([
    'notifications:read',
    'notifications:write',
  ]);
});
