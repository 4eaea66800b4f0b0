import { expect, test } from 'vitest';
import { minuteSpan } from './minuteSpan.ts';

const DAY = { from: '2026-11-20T00:00:00Z', to: '2026-11-21T00:00:00Z' };
const minutes = (...values: string[]) => ({ dimension: 'x_Minute', in: values });

test('no minute is asked for: the whole span', () => {
  expect(minuteSpan(undefined, DAY)).toEqual(DAY);
  expect(minuteSpan({ dimension: 'x_Minute', notIn: [''] }, DAY)).toEqual(DAY);
  expect(minuteSpan({ or: [minutes('2026-11-20T01:00:00Z')] }, DAY)).toEqual(DAY);
});

test('from the first minute to the end of the last, whatever their order', () => {
  const asked = minutes('2026-11-20T23:59:00Z', '2026-11-20T13:05:00Z', '2026-11-19T00:00:00Z');
  expect(minuteSpan({ and: [{ dimension: 'x_Model', in: ['a'] }, asked] }, DAY)).toEqual({
    from: '2026-11-20T13:05:00Z',
    to: '2026-11-21T00:00:00Z',
  });
});

test.each(['2026-11-20T13:05:01Z', '2026-11-20', '2026-11-20T25:00:00Z', ''])(
  '%j is refused',
  (value) => {
    expect(() => minuteSpan(minutes(value), DAY)).toThrow(/start of a UTC minute/);
  },
);

test('minutes outside the span are refused', () => {
  expect(() => minuteSpan(minutes('2026-11-21T00:00:00Z'), DAY)).toThrow(/lies in the period/);
});
