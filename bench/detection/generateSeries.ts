import { toDate, toDayNumber, weekdayOf } from '../../core/detection/calendar.ts';
import type { SeriesDay, SeriesRevision } from '../../core/detection/series.ts';
import { createRandom, type Random } from './createRandom.ts';
import { FAMILIES } from './families.ts';
import { type BareSeries, injectEvent } from './injectEvents.ts';
import type { EventKind, LabelledEvent, LabelledSeries } from './labelledSeries.ts';

const KINDS: readonly EventKind[] = [
  'spike large',
  'spike medium',
  'spike small',
  'shift large',
  'shift medium',
  'shift small',
  'drift large',
  'drift medium',
  'drift small',
  'drop',
];

/** How rows reach the detector. */
type Delivery = 'plain' | 'restated' | 'late' | 'gaps';

/** `count` labelled series that follow from the seed alone; families take turns, about two in five are clean. */
export function generateSeries(seed: number, count: number): LabelledSeries[] {
  const names = Object.keys(FAMILIES);
  return Array.from({ length: count }, (_, i) => {
    const random = createRandom(seed * 100_003 + i * 7919 + 1);
    const family = names[i % names.length]!;
    return i % 12 === 11
      ? newService(random, `new-${i}`)
      : ordinary(random, family, `${family}-${i}`);
  });
}

function ordinary(random: Random, family: string, id: string): LabelledSeries {
  const days = random.pick([120, 240, 400, 400]);
  const first = toDayNumber('2023-01-01') + random.integer(0, 600);
  const bare = FAMILIES[family]!(random, first, days);
  const events = random.chance(0.4)
    ? []
    : addEvents(bare, first, random, random.pick([1, 1, 2, 3]));
  const delivery = random.pick<Delivery>([
    'plain',
    'plain',
    'plain',
    'plain',
    'restated',
    'late',
    'gaps',
  ]);
  return deliver({ id, family, first, bare, events, delivery, random });
}

/** Puts up to `wanted` events into a series, a month apart. */
export function addEvents(
  bare: BareSeries,
  first: number,
  random: Random,
  wanted: number,
): LabelledEvent[] {
  const events: LabelledEvent[] = [];
  let day = random.integer(20, 70);
  while (events.length < wanted && day < bare.cost.length - 6) {
    const isOff = bare.running !== undefined && random.chance(0.6);
    const isSparse = bare.cost.filter((cost) => cost === 0).length > bare.cost.length / 2;
    const kind = isOff ? 'not switched off' : isSparse ? 'spike large' : pickKind(bare, random);
    if (isOff) while (weekdayOf(first + day) !== 6) day += 1;
    if (isSparse) while (day < bare.cost.length - 6 && bare.cost[day] === 0) day += 1;
    const event = day < bare.cost.length - 4 ? injectEvent(bare, kind, day, random) : undefined;
    if (event !== undefined) events.push(event);
    day = (event?.end ?? day) + random.integer(30, 90);
  }
  return events;
}

/** Small lasting moves are put only where the noise leaves a chance to see them. */
function pickKind(bare: BareSeries, random: Random): EventKind {
  const kind = random.pick(KINDS);
  if ((bare.lastingSigma ?? bare.sigma) <= 0.1 || !/^(shift|drift) (small|medium)/.test(kind))
    return kind;
  return kind.startsWith('shift') ? 'shift large' : 'drift large';
}

function newService(random: Random, id: string): LabelledSeries {
  const days = 180;
  const first = toDayNumber('2023-01-01') + random.integer(0, 600);
  const start = random.integer(20, 120);
  const bare = FAMILIES['multiplicative']!(random, first, days);
  const ramp = random.uniform(0.2, 1);
  bare.cost = bare.cost.map((cost, day) =>
    day < start ? 0 : cost * (day - start < 5 ? ramp + ((1 - ramp) * (day - start)) / 5 : 1),
  );
  const event: LabelledEvent = {
    kind: 'new service',
    start,
    end: start + 6,
    impact: bare.cost[start]! * 7,
  };
  return deliver({ id, family: 'new', first, bare, events: [event], delivery: 'plain', random });
}

interface Delivered {
  id: string;
  family: string;
  first: number;
  bare: BareSeries;
  events: LabelledEvent[];
  delivery: Delivery;
  random: Random;
}

function deliver({ id, family, first, bare, events, delivery, random }: Delivered): LabelledSeries {
  const date = (day: number) => toDate(first + day);
  const series: SeriesDay[] = [];
  const revisions: SeriesRevision[] = [];
  const shares = delivery === 'restated' ? restatedShares(random) : [];
  bare.cost.forEach((cost, day) => {
    if (cost === 0 && random.chance(0.9)) return;
    const isEvent = events.some((event) => day >= event.start && day <= event.end);
    if (delivery === 'gaps' && !isEvent && random.chance(0.03)) return;
    const rounded = Math.round(cost * 100) / 100;
    if (delivery === 'late' && random.chance(0.06)) {
      series.push({ date: date(day), cost: rounded, seenOn: date(day + random.integer(1, 3)) });
      return;
    }
    if (shares.length > 0) {
      shares.forEach((share, age) => {
        const part = Math.min(1, Math.max(0.05, share + 0.05 * random.normal()));
        revisions.push({ date: date(day), seenOn: date(day + age), cost: rounded * part });
      });
      series.push({ date: date(day), cost: rounded, seenOn: date(day + shares.length) });
      return;
    }
    series.push({ date: date(day), cost: rounded });
  });
  const days = bare.cost.length;
  const to = date(days - 1);
  return {
    id,
    family: delivery === 'plain' ? family : `${family}/${delivery}`,
    isReal: false,
    firstDay: date(0),
    days,
    judgedFrom: 0,
    input: { series, revisions, from: date(0), to },
    events,
    final: bare.cost,
  };
}

/** What share of a day is visible at age 0, 1, … before it is complete. */
function restatedShares(random: Random): number[] {
  const first = random.uniform(0.45, 0.92);
  return random.chance(0.5) ? [first] : [first, first + (1 - first) * random.uniform(0.4, 0.9)];
}
