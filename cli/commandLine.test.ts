import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { runCli } from '../tests/cli/runCli.ts';

let home: string;
beforeAll(async () => {
  home = await mkdtemp(path.join(tmpdir(), 'cli-'));
});
afterAll(() => rm(home, { recursive: true }));

const nowhere = 'postgres://user:planted-password@127.0.0.1:1/none';
const COMMANDS = ['detect', 'seed', 'token', 'keys', 'user', 'migrate', 'init'];

describe('--help', () => {
  test.each([[], ...COMMANDS.map((name) => [name]), ['user', 'add'], ['user', 'password']])(
    'of %s exits 0 and says how to use it',
    async (...command) => {
      const { exitCode, stdout, stderr } = await runCli([...command, '--help']);
      expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
      expect(stdout).toMatch(/^Usage: /);
    },
  );

  test('names every command', async () => {
    const { stdout } = await runCli(['--help']);
    for (const name of COMMANDS) expect(stdout).toContain(name);
  });
});

test('--version exits 0', async () => {
  expect(await runCli(['--version'])).toMatchObject({ exitCode: 0, stdout: '0.1.0\n' });
});

describe('wrong usage exits 2 and says what is wrong', () => {
  test.each([
    [[], 'Usage:'],
    [['nonsense'], "unknown command 'nonsense'"],
    [['token'], '--scopes'],
    [['token', '--scopes', ''], 'Name at least one scope.'],
    [['token', '--scopes', 'costs:drink'], 'There is no scope costs:drink.'],
    [['token', '--scopes', 'actions:decide'], 'can be held by people only'],
    [['user'], 'Usage:'],
    [['user', 'add'], "missing required argument 'username'"],
    [
      ['user', 'add', 'ada', '--role', 'owner'],
      'Allowed choices are viewer, operator, approver, admin',
    ],
    [['migrate', '--force'], "unknown option '--force'"],
    [['migrate', 'extra'], 'too many arguments'],
  ])('%j', async (args, message) => {
    const { exitCode, stdout, stderr } = await runCli(args, { DATABASE_URL: nowhere });
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr).toContain(message);
  });

  test('of the environment: one line a mistake, without the value', async () => {
    const env = { API_PORT: 'planted', DATABASE_URL: 'planted://x' };
    const { exitCode, stderr } = await runCli(['migrate'], env);
    expect(exitCode).toBe(2);
    expect(stderr).toContain('API_PORT: ');
    expect(stderr).toContain('DATABASE_URL: ');
    expect(stderr).not.toContain('planted');
  });

  test('without a database: it says how to get one', async () => {
    const { exitCode, stderr } = await runCli(['migrate'], { COSTGUARD_HOME: home });
    expect(exitCode).toBe(2);
    expect(stderr).toContain('npm start');
  });
});

describe('a database that is away exits 3', () => {
  const commands = [['migrate'], ['init'], ['user', 'list'], ['user', 'add', 'ada'], ['seed']];

  test.each(commands)('%s %s', async (...args) => {
    const env = { DATABASE_URL: nowhere, COSTGUARD_HOME: home };
    const { exitCode, stdout, stderr } = await runCli(args.filter(Boolean), env);
    expect({ exitCode, stdout }).toEqual({ exitCode: 3, stdout: '' });
    expect(stderr).toMatch(/^costguard: /);
    expect(stderr).not.toContain('planted-password');
  });

  test('under a name with two addresses', async () => {
    const env = { DATABASE_URL: 'postgres://localhost:1/none' };
    const { exitCode, stderr } = await runCli(['migrate'], env);
    expect(exitCode).toBe(3);
    expect(stderr).toContain('ECONNREFUSED');
  });

  test('found by the address that "npm start" left', async () => {
    await writeFile(path.join(home, 'database-url'), `${nowhere}\n`);
    expect(await runCli(['migrate'], { COSTGUARD_HOME: home })).toMatchObject({ exitCode: 3 });
    await rm(path.join(home, 'database-url'));
  });
});
