import type { Timeline } from './timeline.ts';

/** A stretch of evenings that are decided by one walk, and the part of the timeline that the walk sees. */
export interface MemoryBlock {
  /** Index of the part's first day on the whole timeline. */
  start: number;
  /** First evening of the stretch, on the whole timeline. */
  decideFrom: number;
  timeline: Timeline;
}

/** Days that are remembered at least, and the length of a block: memory is between the first and the sum of both. */
export const MEMORY_DAYS = 144;
const BLOCK_DAYS = 64;

/**
 * Cuts the evenings from `firstWanted` on into blocks with a finite memory: evenings of one block (64 days, counted from
 * 1970, so that it does not depend on where the data begins) are decided by a walk that starts 144 days before the block.
 * So a decision costs the same after ten years as after one, and nothing before those days can change it.
 */
export function memoryBlocks(timeline: Timeline, firstWanted: number): MemoryBlock[] {
  const { firstDay, length } = timeline;
  const blocks: MemoryBlock[] = [];
  let decideFrom = Math.max(0, firstWanted);
  while (decideFrom < length) {
    const start = memoryStart(firstDay, decideFrom);
    let end = nextBlock(firstDay, decideFrom);
    // As long as the memory reaches back to the first day one walk serves all.
    while (start === 0 && end < length && memoryStart(firstDay, end) === 0) {
      end = nextBlock(firstDay, end);
    }
    end = Math.min(end, length);
    blocks.push({ start, decideFrom, timeline: cutTimeline(timeline, start, end) });
    decideFrom = end;
  }
  return blocks;
}

function memoryStart(firstDay: number, evening: number): number {
  const block = Math.floor((firstDay + evening) / BLOCK_DAYS) * BLOCK_DAYS;
  return Math.max(0, block - MEMORY_DAYS - firstDay);
}

function nextBlock(firstDay: number, evening: number): number {
  return (Math.floor((firstDay + evening) / BLOCK_DAYS) + 1) * BLOCK_DAYS - firstDay;
}

function cutTimeline(timeline: Timeline, start: number, end: number): Timeline {
  if (start === 0 && end === timeline.length) return timeline;
  return {
    firstDay: timeline.firstDay + start,
    length: end - start,
    from: timeline.from - start,
    onTime: timeline.onTime.subarray(start, end),
    late: timeline.late
      .filter(({ evening, day }) => day >= start && evening < end)
      .map(({ evening, day, cost }) => ({ evening: evening - start, day: day - start, cost })),
    lastChargeBefore: start === 0 ? timeline.lastChargeBefore : lastCharge(timeline, start),
  };
}

/** The last day before `start` that was seen to cost something by then, counted from `start`; undefined where none was. */
function lastCharge({ onTime, late }: Timeline, start: number): number | undefined {
  let last = -Infinity;
  for (let day = start - 1; day >= 0 && last === -Infinity; day -= 1) {
    if ((onTime[day] ?? 0) > 0) last = day;
  }
  for (const { evening, day, cost } of late) {
    if (evening < start && cost > 0 && day > last) last = day;
  }
  return last === -Infinity ? undefined : last - start;
}
