import { expect, test } from 'vitest';
import { keepBackups } from './keepBackups.ts';

const backups = (...instants: string[]) => instants.map((text) => ({ at: new Date(text) }));
const names = (list: { at: Date }[]) => list.map(({ at }) => at.toISOString().slice(0, 13));

test('the newest of each day and of each week stay, whatever the order they came in', () => {
  const all = backups(
    '2026-11-23T03:00Z', // a Monday
    '2026-11-22T23:00Z',
    '2026-11-22T03:00Z',
    '2026-11-16T03:00Z',
    '2026-11-15T03:00Z',
    '2026-11-23T15:00Z',
  );
  const { kept, removed } = keepBackups(all, { last: 1, daily: 2, weekly: 3 });
  expect(names(kept)).toEqual(['2026-11-23T15', '2026-11-22T23', '2026-11-15T03']);
  expect(names(removed)).toEqual(['2026-11-23T03', '2026-11-22T03', '2026-11-16T03']);
});

test('a pause of months removes nothing: only days with a backup count', () => {
  const all = backups('2026-01-01T00:00Z', '2026-06-01T00:00Z', '2026-11-01T00:00Z');
  expect(keepBackups(all, { last: 1, daily: 3, weekly: 0 }).removed).toEqual([]);
});

test('with only "last", so many stay', () => {
  const all = backups('2026-11-01T00:00Z', '2026-11-02T00:00Z', '2026-11-03T00:00Z');
  const { kept } = keepBackups(all, { last: 2, daily: 0, weekly: 0 });
  expect(names(kept)).toEqual(['2026-11-03T00', '2026-11-02T00']);
});
