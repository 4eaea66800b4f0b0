import type { SourceProfile } from './costSource.ts';

/**
 * The dimensions of a provider's table and its tags, as `describe_source` tells them: all can be grouped by, those for
 * which `canFilter` holds filtered by. `derivedFrom` names for each that follows from another one which that is.
 */
export const describeDimensions = <Dimension>(
  table: Readonly<Record<string, Dimension>>,
  canFilter: (dimension: Dimension) => boolean,
  derivedFrom: Readonly<Record<string, string>>,
): SourceProfile['dimensions'] => [
  ...Object.entries(table).map(([name, dimension]) => ({
    name,
    groupBy: true,
    filter: canFilter(dimension),
    ...(derivedFrom[name] === undefined ? {} : { derivedFrom: derivedFrom[name] }),
  })),
  { name: 'Tags:<key>', groupBy: true, filter: true },
];
