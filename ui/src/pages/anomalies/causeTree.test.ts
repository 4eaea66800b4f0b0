import { describe, expect, it } from 'vitest';
import { causeTree } from './causeTree';

const cause = (values: string[], share: number) => ({
  path: values.map((value, depth) => ({ dimension: `D${depth}`, value })),
  direction: 'up' as const,
  ...{ expected: '0', actual: '10', excess: String(10 * share), share },
});

describe('the tree of causes', () => {
  it('joins paths with the same beginning and adds their shares up', () => {
    const tree = causeTree([
      cause(['shop', 'us', 'a'], 0.2),
      cause(['shop', 'us', 'b'], 0.5),
      cause(['shop', 'eu'], 0.3),
    ]);
    expect(tree).toHaveLength(1);
    expect(tree[0]?.share).toBeCloseTo(1);
    expect(tree[0]?.excess).toBeUndefined();
    expect(tree[0]?.children.map(({ value }) => value)).toEqual(['us', 'eu']);
    expect(tree[0]?.children[0]?.children).toMatchObject([
      { value: 'b', excess: '5', children: [] },
      { value: 'a', excess: '2', children: [] },
    ]);
  });

  it('keeps equal values of different dimensions apart, and leaves out what is spread over many', () => {
    const other = { ...cause(['x'], 0.4), path: [{ dimension: 'Other', value: 'x' }] };
    expect(causeTree([cause(['x'], 0.5), other, cause([], 0.1)])).toHaveLength(2);
  });
});
