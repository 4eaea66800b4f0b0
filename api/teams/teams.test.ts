import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Team } from '../../core/contracts/team.ts';
import type { TestService, TestUser } from '../../tests/api/createTestIdentities.ts';
import { readAllPages } from '../../tests/api/readAllPages.ts';
import { addConnection } from '../../tests/api/samples.ts';
import { startTestApi, type TestApi } from '../../tests/api/startTestApi.ts';

let api: TestApi;
let admin: TestUser;
let member: { id: string; username: string };
let service: TestService;
let connectionId: string;

beforeAll(async () => {
  api = await startTestApi();
  admin = await api.signIn('admin');
  member = await api.addUser('viewer');
  service = await api.addService(['costs:read']);
  connectionId = await addConnection(api.services.db);
});
afterAll(() => api.close());

const call = (method: string, path: string, body?: unknown) =>
  api.call(method, path, { as: admin.as, ...(body === undefined ? {} : { body }) });
const create = (body: object) => call('POST', '/api/v1/teams', { name: randomUUID(), ...body });
const made = async (body: object = {}) => (await create(body)).read(Team);
const auditOf = (id: string) =>
  api.services.db
    .selectFrom('audit_log')
    .select(['operation', 'detail'])
    .where('subject', '=', `team:${id}`)
    .orderBy('seq')
    .execute();

test('a team is made, changed in part and deleted, each with what was and what is in the audit log', async () => {
  const members = [{ kind: 'user', id: member.id }];
  const grants = [{ connectionId, account: '111' }];
  const team = await made({ name: 'Data', members, grants });
  expect(team).toMatchObject({
    name: 'Data',
    members: [{ kind: 'user', id: member.id, name: member.username }],
    grants,
  });
  const path = `/api/v1/teams/${team.id}`;
  const changed = (await call('PATCH', path, { grants: [{ connectionId, owner: 'web' }] })).read(
    Team,
  );
  expect(changed).toMatchObject({
    name: 'Data',
    members: team.members,
    grants: [{ connectionId, owner: 'web' }],
  });
  expect((await call('GET', path)).read(Team)).toEqual(changed);
  expect((await call('DELETE', path)).status).toBe(204);
  expect((await call('GET', path)).refusal()).toMatchObject({
    status: 404,
    code: 'team_not_found',
  });
  const parts = ({ name, members: who, grants: what }: Team) => ({
    name,
    members: who,
    grants: what,
  });
  expect(await auditOf(team.id)).toEqual([
    { operation: 'team.create', detail: { before: null, after: parts(team) } },
    { operation: 'team.change', detail: { before: parts(team), after: parts(changed) } },
    {
      operation: 'team.delete',
      detail: { before: { ...parts(changed), budgets: [] }, after: null },
    },
  ]);
});

test('a name that is taken is 409, on making and on changing', async () => {
  const [one, two] = [await made(), await made()];
  const taken = { status: 409, code: 'name_taken', pointers: ['/name'] };
  expect((await create({ name: one.name })).refusal()).toEqual(taken);
  expect((await call('PATCH', `/api/v1/teams/${two.id}`, { name: one.name })).refusal()).toEqual(
    taken,
  );
  expect((await call('PATCH', `/api/v1/teams/${two.id}`, { name: two.name })).status).toBe(200);
});

describe('what cannot be', () => {
  const nobody = randomUUID();
  test.each([
    [{ members: [{ kind: 'user', id: nobody }] }, '/members/0/id'],
    [{ members: [{ kind: 'service', id: nobody }] }, '/members/0/id'],
    [{ grants: [{ connectionId: nobody }] }, '/grants/0/connectionId'],
    [{ grants: [{ connectionId: nobody, account: 'a', owner: 'b' }] }, '/grants/0/owner'],
    [{ grants: [{ connectionId: nobody }, { connectionId: nobody }] }, '/grants'],
    [{ grants: [{ connectionId: nobody, account: '' }] }, '/grants/0/account'],
    [{ grants: [{ connectionId: nobody, account: 'a\u0000b' }] }, '/grants/0/account'],
    [{ members: [{ kind: 'role', id: nobody }] }, '/members/0/kind'],
    [{ role: 'admin' }, '/role'],
  ])('%j is refused by name, and nothing is stored', async (body, pointer) => {
    const name = randomUUID();
    expect((await create({ name, ...body })).refusal()).toEqual({
      status: 400,
      code: 'invalid_request',
      pointers: [pointer],
    });
    const all = await readAllPages(api, admin.as, '/api/v1/teams?limit=1');
    expect(all.map((team) => team['name'])).not.toContain(name);
  });

  test('a person is no service account, nor the other way round', async () => {
    for (const one of [
      { kind: 'service', id: member.id },
      { kind: 'user', id: service.id },
    ])
      expect((await create({ members: [one] })).status).toBe(400);
  });
});

test('who is deleted leaves the team, and so does a connection', async () => {
  const gone = await api.addUser('viewer');
  const other = await addConnection(api.services.db);
  const { id } = await made({
    members: [{ kind: 'user', id: gone.id }],
    grants: [{ connectionId: other }],
  });
  await api.services.db.deleteFrom('users').where('id', '=', gone.id).execute();
  await api.services.db.deleteFrom('connections').where('id', '=', other).execute();
  expect((await call('GET', `/api/v1/teams/${id}`)).read(Team)).toMatchObject({
    members: [],
    grants: [],
  });
});

test('where teams are required, a person in none sees nothing, and a part of the platform all', async () => {
  const strict = await startTestApi({ env: { TEAMS_REQUIRED: 'true' } });
  try {
    const id = await addConnection(strict.services.db);
    const [viewer, boss] = [await strict.signIn('viewer'), await strict.signIn('admin')];
    const part = await strict.addService(['connections:read']);
    const see = async (as: Record<string, string>) =>
      (await strict.call('GET', '/api/v1/connections', { as })).text.includes(id);
    expect(await see(viewer.as)).toBe(false);
    expect(await see(boss.as)).toBe(true);
    expect(await see(part.as)).toBe(true);
  } finally {
    await strict.close();
  }
});

test('the introspection of a token says that its account is limited', async () => {
  await made({ members: [{ kind: 'service', id: service.id }] });
  const asking = await api.addService(['tokens:introspect']);
  const ask = async () =>
    (
      await api.call('POST', '/oauth/introspect', {
        as: asking.as,
        body: { token: service.as['authorization']?.replace('Bearer ', '') },
      })
    ).body;
  await expect.poll(ask, { timeout: 10_000 }).toMatchObject({ active: true, restricted: true });
});
