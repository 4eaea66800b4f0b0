import { expect, test } from 'vitest';
import { emptyForm, formOf, toCreate, toPatch } from './channelForm';

const id = '0199f3a2-5c1e-7d0a-9c57-0d5a3f6f2c11';
const route = {
  minSeverity: 'high' as const,
  minImpact: '100',
  providers: ['aws' as const],
  connectionIds: [id],
  accounts: ['111', '222'],
  owners: ['data'],
  budgets: false,
  approvals: false,
  escalations: true,
};
const smtp = {
  host: 'smtp.example',
  port: 465,
  security: 'tls' as const,
  username: 'u',
  from: 'a@b.example',
  to: ['c@d.example', 'e@f.example'],
};
const stored = {
  id,
  kind: 'smtp' as const,
  name: 'mail',
  enabled: true,
  host: 'smtp.example',
  smtp,
  route,
  lastDelivery: null,
  createdAt: '2026-11-20T07:00:00.000Z',
  updatedAt: '2026-11-20T07:00:00.000Z',
};

test('a channel that is edited and left as it is stays as it is, secrets included', () => {
  expect(toPatch(formOf(stored))).toEqual({ name: 'mail', smtp, route });
});

test('a new channel has only what its kind needs, and no limit that was left empty', () => {
  const form = { ...emptyForm(), name: ' ops ', url: ' https://hooks.example/x ', password: 'x' };
  expect(toCreate(form)).toEqual({
    kind: 'slack',
    enabled: true,
    name: 'ops',
    url: 'https://hooks.example/x',
    route: { minSeverity: 'medium', budgets: true, approvals: true, escalations: false },
  });
});

test('lists are taken by line and by comma', () => {
  const form = { ...emptyForm(), accounts: '111, 222\n\n333 ' };
  expect(toPatch(form).route.accounts).toEqual(['111', '222', '333']);
});

test('without a user name no password is sent', () => {
  const form = { ...formOf(stored), username: '', password: 'x' };
  expect(toPatch(form)).not.toHaveProperty('password');
});
