import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { AUDIT_GENESIS, auditHash } from '../../core/audit/auditHash.ts';
import { toAuditLine } from '../../core/audit/toAuditLine.ts';
import { connect } from '../../db/connect.ts';
import { appendAuditBatch } from '../../db/queries/audit/appendAudit.ts';
import { PLAN, PLAN_HASH } from '../../tests/api/samples.ts';
import { runCli } from '../../tests/cli/runCli.ts';
import { createTestDatabase, type TestDatabase } from '../../tests/servers/createTestDatabase.ts';

let database: TestDatabase;
let folder: string;
let file: string;
let head: string;

beforeAll(async () => {
  database = await createTestDatabase();
  folder = await mkdtemp(path.join(tmpdir(), 'audit-'));
  file = path.join(folder, 'audit.jsonl');
  const { db, close } = connect(database.url, { applicationName: 'audit-cli-test' });
  await db.transaction().execute((tx) =>
    appendAuditBatch(
      tx,
      Array.from({ length: 4_500 }, (_, n) => ({
        actorKind: 'user' as const,
        actorId: 'a',
        actorName: n % 2 === 0 ? 'Ada' : 'Ünï 🚀',
        operation: n === 7 ? 'action.approve' : 'budget.change',
        subject: `budget:${n}`,
        detail: { before: { amount: '1.10' }, after: { amount: String(n) } },
      })),
    ),
  );
  await close();
  const { stderr } = await audit('export', '-o', file);
  head = /[0-9a-f]{64}/.exec(stderr)?.[0] ?? '';
});
afterAll(async () => {
  await database.drop();
  await rm(folder, { recursive: true });
});

const audit = (...args: string[]) => runCli(['audit', ...args], { DATABASE_URL: database.url });
// Offline: nothing of an installation is known.
const verify = (...args: string[]) => runCli(['audit', 'verify', ...args], {});

test('an export verifies offline, up to its head', async () => {
  expect(await verify(file, '--head', head)).toEqual({
    exitCode: 0,
    stdout: `intact: 4500 entries, head ${head}\n`,
    stderr: '',
  });
  const withoutHead = await verify(file);
  expect(withoutHead.exitCode).toBe(0);
  expect(withoutHead.stdout).toContain('The end was not checked');
});

test('the file is its owner’s only', async () => {
  expect((await stat(file)).mode & 0o777).toBe(0o600);
});

test.each([
  ['changed', (text: string) => text.replace('"amount":"3"', '"amount":"9"'), 'entry 4 (line 4)'],
  ['removed', (text: string) => text.split('\n').toSpliced(5, 2).join('\n'), 'entries 6 to 7'],
  [
    'cut',
    (text: string) => text.split('\n').slice(0, 4_000).join('\n'),
    'which was noted as the head',
  ],
  ['unreadable', (text: string) => text.replaceAll('\n', '\r\n'), ''],
  ['unreadable', (text: string) => `\uFEFF${text}`, 'line 1'],
])('%s: the entry is named and the exit code is 1', async (kind, change, named) => {
  const changed = path.join(folder, 'changed.jsonl');
  await writeFile(changed, change(await readFile(file, 'utf8')));
  const { exitCode, stdout } = await verify(changed, '--head', head);
  expect(exitCode).toBe(1);
  const found = kind === 'unreadable' && named === '' ? 'changed' : kind;
  expect(stdout).toContain(`${found}: `);
  expect(stdout).toContain(named);
  expect(stdout).toMatch(/NOT INTACT: \d+ entries, \d+ findings\n$/);
});

test('a plan that was exchanged, in a log whose chain was made anew, is named', async () => {
  const entry = { actorKind: 'user' as const, actorId: 'a', actorName: 'Ada', subject: 'action:1' };
  const plan = { ...PLAN, after: { ...PLAN.after, instanceType: 'm5.24xlarge' } };
  const log = [
    { ...entry, operation: 'action.planned', detail: { plan, planHash: PLAN_HASH } },
    {
      ...entry,
      operation: 'action.approved',
      detail: { planHash: PLAN_HASH, approvals: 1, approvalsNeeded: 1 },
    },
  ];
  let previousHash = AUDIT_GENESIS;
  const lines = log.map((said, i) => {
    const content = { ...said, seq: i + 1, at: '2026-11-20T12:00:00.000Z' };
    const record = { ...content, previousHash, hash: auditHash(previousHash, content) };
    previousHash = record.hash;
    return toAuditLine(record);
  });
  const forged = path.join(folder, 'forged.jsonl');
  await writeFile(forged, `${lines.join('\n')}\n`);
  const { exitCode, stdout } = await verify(forged);
  expect(exitCode).toBe(1);
  expect(stdout).toContain(`plan_mismatch: entry 1 (line 1) states the hash ${PLAN_HASH}`);
  expect(stdout).toContain(`plan_mismatch: entry 2 (line 2) approves the plan ${PLAN_HASH}, but`);
  expect(stdout).toContain('NOT INTACT: 2 entries, 2 findings');
});

test('a file without entries is no intact log, but may be what a filter left', async () => {
  const empty = path.join(folder, 'empty.jsonl');
  await writeFile(empty, '');
  const { exitCode, stdout } = await verify(empty);
  expect(exitCode).toBe(1);
  expect(stdout).toBe('NOT INTACT: no entries, which no log is without\n');
  expect((await verify(empty, '--filtered')).exitCode).toBe(0);
});

test('a filtered export is smaller, and is verified as one', async () => {
  const some = path.join(folder, 'some.jsonl');
  await audit('export', '-o', some, '--operation', 'action');
  expect((await readFile(some, 'utf8')).trimEnd().split('\n')).toHaveLength(1);
  expect((await verify(some, '--filtered')).exitCode).toBe(0);
  expect((await verify(some)).stdout).toContain('removed: entries 1 to 7 are missing');
});

test.each([
  [['verify'], 'missing required argument'],
  [['verify', '/nowhere/audit.jsonl'], 'cannot read /nowhere/audit.jsonl (ENOENT)'],
  [['verify', 'x', '--head', 'abc'], '64 hexadecimal digits'],
  [['export'], '--output'],
  [['export', '-o', '/nowhere/a'], 'cannot write'],
  [['export', '-o', '-', '--from', 'yesterday'], 'A UTC instant'],
  [['export', '-o', '-', '--from', '2026-01-02T00:00:00Z', '--to', '2026-01-01T00:00:00Z'], '--to'],
])('%j is wrong usage', async (args, text) => {
  const { exitCode, stderr } = await audit(...args);
  expect(exitCode).toBe(2);
  expect(stderr).toContain(text);
});

test('a database that is away is exit code 3, and leaves no file', async () => {
  const target = path.join(folder, 'away.jsonl');
  const { exitCode } = await runCli(['audit', 'export', '-o', target], {
    DATABASE_URL: 'postgres://nobody:x@127.0.0.1:1/none',
  });
  expect(exitCode).toBe(3);
  await expect(stat(target)).rejects.toThrow('ENOENT');
  await expect(stat(`${target}.partial`)).rejects.toThrow('ENOENT');
});
