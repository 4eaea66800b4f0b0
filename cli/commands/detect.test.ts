import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { addDays } from '../../core/time/day.ts';
import { detectCommand } from './detect.ts';

const folder = mkdtempSync(join(tmpdir(), 'costguard-detect-'));

// A worker thread of Node 20 cannot read TypeScript: this hook compiles what it loads.
const hook = `
import { readFile } from 'node:fs/promises';
import ts from ${JSON.stringify(import.meta.resolve('typescript'))};
export async function load(url, context, next) {
  if (!url.endsWith('.ts')) return next(url, context);
  const source = await readFile(new URL(url), 'utf8');
  const options = { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022 };
  return { format: 'module', shortCircuit: true, source: ts.transpileModule(source, { compilerOptions: options }).outputText };
}`;
const dataUrl = (code: string) => `data:text/javascript,${encodeURIComponent(code)}`;
const register = `import { register } from 'node:module'; register(${JSON.stringify(dataUrl(hook))});`;
const WORKER = { execArgv: ['--import', dataUrl(register)] };

interface Row {
  date: string;
  cost: number;
  seen_on?: string;
}

function steady(days: number, cost = (i: number) => 100 + (i % 3)): Row[] {
  return Array.from({ length: days }, (_, i) => ({
    date: addDays('2025-01-01', i),
    cost: cost(i),
  }));
}

const spiky = (days: number, on: number) => steady(days, (i) => (i === on ? 300 : 100 + (i % 3)));

afterEach(() => {
  process.exitCode = undefined;
  vi.restoreAllMocks();
});

async function run(lines: readonly unknown[], ...args: string[]) {
  const input = join(folder, 'input.jsonl');
  const text = lines.map((line) => (typeof line === 'string' ? line : JSON.stringify(line)));
  writeFileSync(input, text.join('\n') + '\n');
  let [out, err] = ['', ''];
  vi.spyOn(process.stdout, 'write').mockImplementation((chunk) => ((out += String(chunk)), true));
  vi.spyOn(process.stderr, 'write').mockImplementation((chunk) => ((err += String(chunk)), true));
  const program = new Command('costguard').exitOverride();
  program.addCommand(detectCommand(WORKER).exitOverride());
  await program.parseAsync(['node', 'costguard', 'detect', '--input', input, ...args]);
  vi.restoreAllMocks();
  const answers = out
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as { id: string; detections: Record<string, unknown>[] });
  return { answers, err, exitCode: process.exitCode ?? 0 };
}

describe('costguard detect', () => {
  it('finds a spike on its day and writes exactly the documented fields', async () => {
    const { answers, exitCode } = await run([{ id: 'a', series: spiky(60, 50) }]);
    expect(exitCode).toBe(0);
    expect(answers).toHaveLength(1);
    const [found] = answers[0]?.detections ?? [];
    expect(found).toMatchObject({ date: addDays('2025-01-01', 50), kind: 'spike' });
    expect(Object.keys(found ?? {})).toEqual([
      'date',
      'kind',
      'score',
      'expected',
      'lower',
      'upper',
      'impact',
    ]);
  });

  it('names malformed lines by number, judges the others and exits 1', async () => {
    const bad = [
      'not json',
      '{"id":"nan","series":[{"date":"2025-01-01","cost":NaN}]}',
      { id: 'null', series: [{ date: '2025-01-01', cost: null }] },
      { id: 'text', series: [{ date: '2025-01-01', cost: '12' }] },
      { id: 'day', series: [{ date: '2025-02-30', cost: 1 }] },
      { series: [] },
      { id: 'revision', series: steady(3), revisions: [{ date: '2025-01-01', cost: 1 }] },
      [1, 2],
      { id: 'order', series: [], from: '2025-02-01', to: '2025-01-01' },
    ];
    const { answers, err, exitCode } = await run([
      { id: 'first', series: steady(20) },
      ...bad,
      { id: 'last', series: spiky(40, 30) },
    ]);
    expect(answers.map(({ id }) => id)).toEqual(['first', 'last']);
    expect(answers[1]?.detections).toHaveLength(1);
    expect(exitCode).toBe(1);
    const named = [...err.matchAll(/line (\d+):/g)].map((match) => Number(match[1]));
    expect(named).toEqual(bad.map((_, i) => i + 2));
  });

  it('takes empty series, blank lines, negative costs, duplicates and rows in any order', async () => {
    const rows = spiky(60, 50);
    const { answers, exitCode } = await run([
      { id: 'empty', series: [] },
      '',
      { id: 'span', series: [], from: '2025-01-01', to: '2025-02-01', currency: null },
      { id: 'negative', series: steady(40, (i) => (i === 10 ? -50 : 100)) },
      { id: 'shuffled', series: [...rows.slice(30).reverse(), ...rows.slice(0, 30)] },
      { id: 'twice', series: [{ ...rows[50], cost: 1 }, ...rows] },
    ]);
    expect(exitCode).toBe(0);
    expect(answers.map(({ detections }) => detections.length)).toEqual([0, 0, 0, 1, 1]);
    expect(answers[3]?.detections).toEqual(answers[4]?.detections);
  });

  it('decides on the evening on which a row is seen, and revisions stand until then', async () => {
    const day = addDays('2025-01-01', 50);
    const seenOn = addDays('2025-01-01', 52);
    const rows = spiky(60, 50).map((row) => (row.date === day ? { ...row, seen_on: seenOn } : row));
    const { answers } = await run([
      { id: 'late', series: rows },
      { id: 'revised', series: rows, revisions: [{ date: day, seen_on: day, cost: 101 }] },
      { id: 'early', series: rows, revisions: [{ date: day, seen_on: day, cost: 290 }] },
    ]);
    expect(answers.map(({ detections }) => detections.map(({ date }) => date))).toEqual([
      [seenOn],
      [seenOn],
      [day],
    ]);
  });

  it('gives the same answers in the same order with worker threads, and forecasts beside them', async () => {
    const lines = Array.from({ length: 200 }, (_, i) => ({
      id: `s${i}`,
      series: spiky(45, 20 + (i % 20)),
    }));
    const file = (name: string) => join(folder, name);
    const alone = await run(lines, '--forecasts', file('alone.jsonl'));
    const together = await run(['{', ...lines], '--jobs', '2', '--forecasts', file('jobs.jsonl'));
    expect(together.answers).toEqual(alone.answers);
    expect(together.err).toContain('line 1:');
    expect(readFileSync(file('jobs.jsonl'), 'utf8')).toBe(
      readFileSync(file('alone.jsonl'), 'utf8'),
    );
    const [line] = readFileSync(file('alone.jsonl'), 'utf8').split('\n');
    const { days } = JSON.parse(line ?? '') as { days: Record<string, number>[] };
    expect(Object.keys(days[30] ?? {})).toEqual(['date', 'expected', 'lo', 'hi']);
  });

  it('lets floors be changed', async () => {
    const small = {
      id: 'a',
      series: spiky(60, 50).map((row) => ({ ...row, cost: row.cost / 50 })),
    };
    expect((await run([small])).answers[0]?.detections).toHaveLength(0);
    const floors = ['--min-daily-impact', '0.5', '--min-total-impact', '1'];
    expect((await run([small], ...floors)).answers[0]?.detections).toHaveLength(1);
  });

  it.each([
    ['a missing file', ['--input', join(folder, 'absent.jsonl')]],
    ['a folder', ['--input', folder]],
    ['to write over its input', ['--forecasts', join(folder, 'input.jsonl')]],
    ['no number of jobs', ['--jobs', '0']],
    ['a negative floor', ['--min-total-impact', '-1']],
    ['an unknown option', ['--colour', 'red']],
  ])('refuses %s as wrong usage', async (_name, args) => {
    await expect(run([], ...args)).rejects.toMatchObject({ name: 'CommanderError' });
  });

  it('says so where the output cannot be written', async () => {
    const lines = Array.from({ length: 40 }, (_, i) => ({ id: i, series: spiky(400, 60) }));
    await expect(run(lines, '--forecasts', '/dev/full')).rejects.toMatchObject({
      message: expect.stringContaining('ENOSPC') as string,
    });
  });
});
