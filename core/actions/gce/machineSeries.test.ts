import { describe, expect, it } from 'vitest';
import { cpuQuotaOf, seriesOf, takesDiskType } from './machineSeries.ts';

describe('machine series', () => {
  it.each([
    ['n2-standard-4', 'n2', 'N2_CPUS'],
    ['n2d-custom-4-8192', 'n2d', 'N2D_CPUS'],
    ['custom-2-4096', 'n1', 'CPUS'],
    ['e2-micro', 'e2', 'CPUS'],
  ])('%s is of series %s and counts as %s', (type, series, quota) => {
    expect(seriesOf(type)).toBe(series);
    expect(cpuQuotaOf(type)).toBe(quota);
  });

  it.each([
    ['e2-standard-2', 'pd-standard', true],
    ['e2-standard-2', 'hyperdisk-balanced', false],
    ['n2-standard-2', 'hyperdisk-throughput', true],
    ['c3-standard-4', 'pd-ssd', true],
    ['c3-standard-4', 'pd-extreme', false],
    ['c4-standard-4', 'pd-balanced', false],
    ['c4-standard-4', 'hyperdisk-balanced', true],
    ['c4-standard-4', 'something-new', true],
    ['q9-standard-4', 'pd-standard', true],
  ])('%s takes %s: %s', (type, disk, takes) => {
    expect(takesDiskType(type, disk)).toBe(takes);
  });
});
