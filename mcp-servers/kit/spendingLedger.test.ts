import { appendFileSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createCallBudget } from './callBudget.ts';
import { createFileLedger } from './spendingLedger.ts';

const DAY = '2026-11-23';
const log = pino({ level: 'silent' });

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'costguard-ledger-'));
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

test('a process that starts again goes on with what was spent today', () => {
  const now = () => new Date(`${DAY}T12:00:00Z`);
  const start = () => createCallBudget(3, now, createFileLedger(folder, 'aws-cost', log));
  const before = start();
  before.take('a');
  before.charge('a', 1);
  expect(start().left('a')).toBe(1);
  expect(start().left('b')).toBe(3);
});

test('two processes see what the other spends', () => {
  const [one, two] = [0, 1].map(() => createFileLedger(folder, 'aws-cost', log));
  one?.add(DAY, 'a', 1);
  two?.add(DAY, 'a', 2);
  expect(one?.used(DAY, 'a')).toBe(3);
  one?.add(DAY, 'a', 1);
  expect(two?.used(DAY, 'a')).toBe(4);
});

test('another day and another server begin at nothing, and past days are removed', () => {
  const ledger = createFileLedger(folder, 'aws-cost', log);
  ledger.add(DAY, 'a', 5);
  expect(ledger.used('2026-11-24', 'a')).toBe(0);
  ledger.add('2026-11-24', 'a', 1);
  expect(readdirSync(folder)).toEqual(['aws-cost-2026-11-24.spent']);
  expect(createFileLedger(folder, 'azure-cost', log).used('2026-11-24', 'a')).toBe(0);
});

test('a line that is still being written is read when it is whole', () => {
  const ledger = createFileLedger(folder, 'aws-cost', log);
  ledger.add(DAY, 'a', 1);
  const [name = ''] = readdirSync(folder);
  appendFileSync(join(folder, name), 'half-a-li');
  expect(ledger.used(DAY, 'a')).toBe(1);
  appendFileSync(join(folder, name), 'ne 7\n');
  expect(ledger.used(DAY, 'a')).toBe(1);
  expect(ledger.used(DAY, 'b')).toBe(0);
});

test('a folder that cannot be used leaves the count in the process', () => {
  const file = join(folder, 'a-file');
  writeFileSync(file, '');
  const ledger = createFileLedger(file, 'aws-cost', log);
  ledger.add(DAY, 'a', 2);
  ledger.add(DAY, 'a', 1);
  expect(ledger.used(DAY, 'a')).toBe(3);
});
