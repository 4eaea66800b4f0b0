import { describe, expect, it } from 'vitest';
import type { CostCell } from './costCell.ts';
import { findRootCauses } from './findRootCauses.ts';

function cell(path: string, expected: number, actual = expected): CostCell {
  const [ServiceName = '', RegionId = '', SkuMeter = '', ResourceId = ''] = path.split('/');
  return {
    dimensions: { ServiceName, RegionId, SkuMeter, ResourceId },
    expected: String(expected),
    actual: String(actual),
  };
}

const QUIET = [
  cell('EC2/eu-west-1/BoxUsage:m5.large/i-1', 100),
  cell('EC2/eu-west-1/BoxUsage:m5.large/i-2', 100),
  cell('EC2/us-east-1/BoxUsage:m5.large/i-3', 80),
  cell('S3/eu-west-1/Storage/bucket', 60, 60.5),
  cell('RDS/eu-west-1/InstanceUsage/db-1', 120, 119),
];

const names = (path: { value: string }[]) => path.map(({ value }) => value).join('/');

describe('findRootCauses', () => {
  it('follows one move down to the resource', () => {
    const causes = findRootCauses([...QUIET, cell('EC2/us-east-1/BoxUsage:p4d/i-9', 0, 700)]);
    expect(causes).toHaveLength(1);
    expect(names(causes[0]?.path ?? [])).toContain('i-9');
    expect(causes[0]).toMatchObject({ excess: '700', direction: 'up' });
  });

  it('finds both of two opposite moves in one account, though they cancel out in sum', () => {
    const causes = findRootCauses([
      ...QUIET,
      cell('EC2/us-east-1/BoxUsage:p4d/i-9', 0, 500),
      cell('Redshift/eu-west-1/Node/cluster', 500, 0),
    ]);
    expect(causes.map(({ direction, excess }) => [direction, excess])).toEqual([
      ['up', '500'],
      ['down', '-500'],
    ]);
  });

  it('finds opposite moves inside one service', () => {
    const causes = findRootCauses([
      ...QUIET,
      cell('EC2/eu-west-1/BoxUsage:m5.large/i-4', 300, 0),
      cell('EC2/eu-west-1/BoxUsage:c7g/i-5', 0, 300),
    ]);
    expect(causes.map(({ path }) => path.at(-1)?.value).sort()).toEqual(['i-4', 'i-5']);
  });

  it('sees a service and a region on their first day', () => {
    const causes = findRootCauses([
      ...QUIET,
      cell('OpenAI API/global/gpt/key-7', 0, 40),
      cell('EC2/ap-south-1/BoxUsage:m5.large/i-7', 0, 90),
    ]);
    const found = causes.map(({ path }) => names(path));
    expect(found.some((path) => path.includes('key-7'))).toBe(true);
    expect(found.some((path) => path.includes('i-7'))).toBe(true);
  });

  it('stops where too many values share a move, and names the parts below', () => {
    const many = Array.from({ length: 20 }, (_, i) =>
      cell(`EC2/eu-west-1/BoxUsage/i-${i}`, 10, 20),
    );
    const causes = findRootCauses([...QUIET.slice(3), ...many]);
    expect(causes).toHaveLength(1);
    expect(names(causes[0]?.path ?? [])).not.toContain('i-');
    expect(causes[0]?.excess).toBe('200');
    expect(causes[0]?.drivers).toHaveLength(20);
  });

  it('names nothing where nothing moved', () => {
    expect(findRootCauses(QUIET)).toEqual([]);
  });
});
