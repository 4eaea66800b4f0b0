import { expect, it } from 'vitest';
import { groupEpisodes } from './groupEpisodes.ts';

const finding = (date: string, kind = 'spike') => ({ date, kind });

it('makes one episode of days up to three apart and another after a longer gap', () => {
  const episodes = groupEpisodes([
    finding('2026-11-01'),
    finding('2026-11-02', 'level_shift'),
    finding('2026-11-05'),
    finding('2026-11-09'),
  ]);
  expect(episodes.map(({ startedOn, lastSeenOn }) => [startedOn, lastSeenOn])).toEqual([
    ['2026-11-01', '2026-11-05'],
    ['2026-11-09', '2026-11-09'],
  ]);
});

it('keeps a drop apart from a rise on the same days', () => {
  const episodes = groupEpisodes([
    finding('2026-11-01'),
    finding('2026-11-02', 'drop'),
    finding('2026-11-03'),
    finding('2026-11-04', 'drop'),
  ]);
  expect(episodes.map((e) => e.detections.map((d) => d.kind))).toEqual([
    ['spike', 'spike'],
    ['drop', 'drop'],
  ]);
});

it('finds no episode where nothing was detected', () => {
  expect(groupEpisodes([])).toEqual([]);
});
