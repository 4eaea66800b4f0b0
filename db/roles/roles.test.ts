import { randomBytes } from 'node:crypto';
import { sql } from 'kysely';
import pg from 'pg';
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import {
  createEmptyDatabase,
  createTestDatabase,
  type TestDatabase,
} from '../../tests/servers/createTestDatabase.ts';
import { connect } from '../connect.ts';
import { migrate } from '../migrate.ts';
import { appendAudit } from '../queries/audit/appendAudit.ts';
import { AUDIT_GUARDS_VERSION } from './auditGuards.ts';
import { listAuditGaps } from './listAuditGaps.ts';

async function query(url: string, text: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(text)).rows;
  } finally {
    await client.end();
  }
}

async function withDb<T>(
  url: string,
  use: (db: ReturnType<typeof connect>['db']) => Promise<T>,
): Promise<T> {
  const { db, close } = connect(url, { applicationName: 'roles-test', poolSizeMax: 1 });
  try {
    return await use(db);
  } finally {
    await close();
  }
}

const append = (url: string) =>
  withDb(url, (db) =>
    db.transaction().execute((tx) =>
      appendAudit(tx, {
        actorKind: 'system',
        actorId: null,
        actorName: 'roles test',
        operation: 'test.write',
        subject: null,
        detail: {},
      }),
    ),
  );
const gaps = (url: string) => withDb(url, listAuditGaps);

async function given(make: () => Promise<TestDatabase>): Promise<TestDatabase> {
  const database = await make();
  onTestFinished(database.drop);
  return database;
}

const ATTACKS = [
  ['UPDATE', `update audit_log set actor_name = 'x'`],
  ['DELETE', 'delete from audit_log'],
  ['TRUNCATE', 'truncate audit_log'],
  ['DROP TABLE', 'drop table audit_log'],
  ['DROP TABLE … CASCADE', 'drop table audit_log cascade'],
  ['ALTER TABLE', 'alter table audit_log drop column detail'],
  ['RENAME', 'alter table audit_log rename to other'],
  ['a new owner', 'alter table audit_log owner to current_user'],
  ['disabling the triggers', 'alter table audit_log disable trigger all'],
  ['dropping a trigger', 'drop trigger audit_log_append_only on audit_log'],
  [
    'another trigger',
    `create trigger mine before insert on audit_log for each row execute function suppress_redundant_updates_trigger()`,
  ],
  ['a rule', 'create rule mine as on insert to audit_log do instead nothing'],
  ['a policy', 'alter table audit_log enable row level security'],
  [
    'replacing a guard',
    `create or replace function refuse_audit_change() returns trigger language plpgsql as 'begin return null; end'`,
  ],
  ['dropping a guard', 'drop function check_audit_link() cascade'],
  ['switching triggers off for the session', 'set session_replication_role = replica'],
  ['becoming the owner', 'set role costguard_audit'],
  ['granting itself the owner', 'grant costguard_audit to current_user'],
  ['dropping the schema', 'drop schema public cascade'],
  ['a new owner of the schema', 'alter schema public owner to current_user'],
  [
    'dropping the database',
    `do $$ begin execute 'alter database ' || current_database() || ' rename to x'; end $$`,
  ],
  ['locking everyone out', 'begin; lock table audit_log in access exclusive mode'],
  ['dropping what the owner has', 'drop owned by costguard_audit'],
  ['reassigning it', 'reassign owned by costguard_audit to current_user'],
  ['moving it to another schema', 'alter table audit_log set schema pg_temp'],
  ['inheriting from it', 'create table heir () inherits (audit_log)'],
  ['creating a role', 'create role helper superuser'],
] as const;

describe('where an administrator migrates', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createTestDatabase();
    await append(database.url);
    return () => database.drop();
  });

  test.each(ATTACKS)('CostGuard’s login is refused %s', async (_name, statement) => {
    const before = await query(database.adminUrl, 'select * from audit_log');
    await expect(query(database.url, statement)).rejects.toMatchObject({
      message: expect.stringMatching(
        /permission denied|must be owner|must be able to SET ROLE|not exist|Only roles with/,
      ) as string,
    });
    expect(await query(database.adminUrl, 'select * from audit_log')).toEqual(before);
  });

  test('dropping all that is its own leaves the log where it is', async () => {
    const scratch = await given(createTestDatabase);
    await append(scratch.url);
    await query(scratch.url, 'drop owned by current_user cascade');
    expect(await query(scratch.adminUrl, 'select seq from audit_log')).toEqual([{ seq: '1' }]);
  });

  test('granting itself rights gives it none', async () => {
    await query(database.url, 'grant all on audit_log to current_user');
    expect(await gaps(database.url)).toEqual([]);
  });

  test('it appends, and owns every other table', async () => {
    await append(database.url);
    const others = await query(
      database.url,
      `select relname from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p', 'v', 'S')
          and relowner <> current_user::regrole`,
    );
    expect(others).toEqual([{ relname: 'audit_log' }]);
  });

  test('an entry that does not follow the last one is refused, whoever writes it', async () => {
    const forged = (seq: string, previous: string) =>
      `insert into audit_log (seq, at, actor_kind, actor_name, operation, detail, previous_hash, hash)
       select ${seq}, now(), 'system', 'x', 'x', '{}', ${previous}, 'x' from audit_log order by seq desc limit 1`;
    for (const url of [database.url, database.adminUrl]) {
      await expect(query(url, forged('seq + 2', 'hash'))).rejects.toThrow('does not follow');
      await expect(query(url, forged('seq + 1', `repeat('0', 64)`))).rejects.toThrow(
        'does not follow',
      );
    }
  });

  test('even an administrator is stopped by the guards, until he removes them', async () => {
    await expect(query(database.adminUrl, 'delete from audit_log')).rejects.toThrow('append-only');
  });

  test('nothing is left unprotected', async () => {
    expect(await gaps(database.url)).toEqual([]);
  });

  test('it may become the viewer, and only by asking', async () => {
    const rows = await query(
      database.url,
      `select pg_has_role('costguard_viewer', 'set') as may, pg_has_role('costguard_viewer', 'usage') as inherits`,
    );
    expect(rows).toEqual([{ may: true, inherits: false }]);
  });

  test('who appends as the viewer sees no entry', async () => {
    await withDb(database.url, (db) =>
      db.transaction().execute(async (tx) => {
        await sql`set local role costguard_viewer`.execute(tx);
        await appendAudit(tx, {
          actorKind: 'user',
          actorId: 'a',
          actorName: 'Ada',
          operation: 'test.viewer',
          subject: null,
          detail: {},
        });
      }),
    );
    await expect(
      query(database.url, 'begin; set local role costguard_viewer; select * from audit_log'),
    ).rejects.toThrow('permission denied for table audit_log');
  });
});

describe('an installation with one login', () => {
  test('works, and says what is not protected', async () => {
    const database = await given(createEmptyDatabase);
    await migrate(database.url);
    await append(database.url);
    await expect(query(database.url, 'delete from audit_log')).rejects.toThrow('append-only');
    expect(await gaps(database.url)).toEqual([
      'it owns the table audit_log and could disable its guards',
      'it owns the database or its schema and could drop the table',
    ]);
    expect(await gaps(database.adminUrl)).toEqual(['it has an administrator’s rights']);
  });

  test('is protected, with its rows, once an administrator migrates; and stays so', async () => {
    const database = await given(createEmptyDatabase);
    await migrate(database.url);
    await append(database.url);
    expect(await migrate(database.url, database.adminUrl)).toEqual([]);
    expect(await gaps(database.url)).toEqual([]);
    expect(await query(database.url, 'select count(*) from audit_log')).toEqual([{ count: '1' }]);
    await append(database.url);
    await query(database.url, 'create table cost_part (a int)');
    expect(await migrate(database.url)).toEqual([]);
    expect(await migrate(database.url, database.adminUrl)).toEqual([]);
    expect(await gaps(database.url)).toEqual([]);
  });

  test('whose login was made a member of the log’s owner loses that again', async () => {
    const database = await given(createEmptyDatabase);
    const { login, as } = await ownLogin(database, 'login');
    await query(database.adminUrl, `alter database ${database.name} owner to ${login}`);
    await migrate(as);
    await query(database.adminUrl, `grant costguard_audit to ${login}`);
    await migrate(as, database.adminUrl);
    await expect(query(as, 'set role costguard_audit')).rejects.toThrow('permission denied');
  });
});

test('guards of another version are laid anew by the administrator, and asked for without one', async () => {
  const database = await given(createTestDatabase);
  await query(database.adminUrl, `comment on table audit_log is 'guards of old'`);
  await query(database.adminUrl, 'drop trigger audit_log_append_only on audit_log');
  await expect(migrate(database.url)).rejects.toThrow('MIGRATION_DATABASE_URL: is needed');
  await migrate(database.url, database.adminUrl);
  await append(database.url);
  await expect(query(database.adminUrl, 'delete from audit_log')).rejects.toThrow('append-only');
  expect(
    await query(
      database.url,
      `select obj_description('audit_log'::regclass, 'pg_class') as version`,
    ),
  ).toEqual([{ version: AUDIT_GUARDS_VERSION }]);
});

test('an administrator need not be a superuser: who made the login and owns the database is enough', async () => {
  const database = await given(createEmptyDatabase);
  const boss = await ownLogin(database, 'login createrole createdb');
  await query(database.adminUrl, `alter database ${database.name} owner to ${boss.login}`);
  await query(
    database.adminUrl,
    `grant costguard_audit, costguard_viewer to ${boss.login} with admin true, inherit false, set false`,
  );
  const login = `app_${randomBytes(4).toString('hex')}`;
  await query(boss.as, `create role ${login} login password 'p'`);
  await query(boss.as, `grant ${login} to ${boss.login}`);
  const app = Object.assign(new URL(database.url), { username: login, password: 'p' }).href;
  onTestFinished(() => dropRole(database, login));
  expect(await migrate(app, boss.as)).not.toEqual([]);
  await append(app);
  expect(await gaps(app)).toEqual([]);
  expect(await migrate(app, boss.as)).toEqual([]);
  for (const [, statement] of ATTACKS)
    await expect(query(app, statement), statement).rejects.toThrow();
});

describe('what cannot protect anything is refused before anything is done:', () => {
  test('the same login twice', async () => {
    const { url } = await given(createTestDatabase);
    await expect(migrate(url, url)).rejects.toThrow('must be another login');
  });

  test('a superuser as CostGuard’s login', async () => {
    const database = await given(createTestDatabase);
    const boss = await ownLogin(database, 'login superuser');
    await expect(migrate(boss.as, database.adminUrl)).rejects.toThrow('the right superuser');
  });

  test('another database', async () => {
    const [one, two] = [await given(createTestDatabase), await given(createTestDatabase)];
    await expect(migrate(one.url, two.adminUrl)).rejects.toThrow('must lead to the same database');
  });
});

/** A login of the test's own on the shared server. */
async function ownLogin(
  database: TestDatabase,
  rights: string,
): Promise<{ login: string; as: string }> {
  const login = `role_${randomBytes(4).toString('hex')}`;
  await query(database.adminUrl, `create role ${login} ${rights} password 'p'`);
  onTestFinished(() => dropRole(database, login));
  return {
    login,
    as: Object.assign(new URL(database.url), { username: login, password: 'p' }).href,
  };
}

async function dropRole(database: TestDatabase, login: string): Promise<void> {
  await query(database.adminUrl, `reassign owned by ${login} to postgres`);
  await query(database.adminUrl, `drop owned by ${login}; drop role ${login}`);
}
