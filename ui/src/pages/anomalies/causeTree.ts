import type { Schemas } from '../../client/api';

type Cause = NonNullable<Schemas['Anomaly']['attribution']>['causes'][number];

/** A value of a dimension on the way to causes; its share is that of all causes below it. */
export interface CauseNode {
  dimension: string;
  value: string;
  share: number;
  /** Exact decimal of a cause that ends here; undefined where it only leads to others. */
  excess: string | undefined;
  children: CauseNode[];
}

/** Paths with the same beginning as one tree, the largest share first; a cause without a path is not in it. */
export function causeTree(causes: readonly Cause[]): CauseNode[] {
  const roots: CauseNode[] = [];
  for (const { path, share, excess } of causes) {
    let level = roots;
    path.forEach(({ dimension, value }, depth) => {
      let node = level.find((one) => one.dimension === dimension && one.value === value);
      if (node === undefined) {
        node = { dimension, value, share: 0, excess: undefined, children: [] };
        level.push(node);
      }
      node.share += share;
      if (depth === path.length - 1) node.excess = excess;
      level = node.children;
    });
  }
  return sorted(roots);
}

function sorted(nodes: CauseNode[]): CauseNode[] {
  return nodes
    .map((node) => ({ ...node, children: sorted(node.children) }))
    .toSorted((a, b) => Math.abs(b.share) - Math.abs(a.share));
}
