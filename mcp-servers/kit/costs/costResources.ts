import { findTagKey } from '../../../core/mcp/dimension.ts';
import type { Resource, ResourceTemplate } from '../resource.ts';
import type { CostSource, SourceProfile } from './costSource.ts';

// A profile changes with a release, and by a day of retention at midnight.
const TTL_MS = 3_600_000;
const shared = { mimeType: 'application/json', ttlMs: TTL_MS } as const;

/**
 * What a source can be asked and how its columns come about, to be read without a tool call; all of it is known without
 * asking the provider. `server` is the part of the address that tells the servers apart, for instance `aws-cost`.
 */
export function costResources(
  source: CostSource,
  server: string,
): readonly (Resource | ResourceTemplate)[] {
  const document = (
    name: string,
    about: Pick<Resource, 'title' | 'description'>,
    write: (profile: SourceProfile) => unknown,
  ): Resource => ({
    ...shared,
    ...about,
    name,
    uri: `costguard://${server}/${name}`,
    read: () => Promise.resolve(toText(write(source.profile()))),
  });
  return [
    document('dimensions', DIMENSIONS, ({ provider, dimensions }) => ({ provider, dimensions })),
    document('limits', LIMITS, (profile) => toLimits(source, profile)),
    document('focus-mapping', FOCUS_MAPPING, toFocusMapping),
    {
      ...shared,
      name: 'dimension',
      uriTemplate: `costguard://${server}/dimensions/{name}`,
      title: 'One dimension',
      description:
        'Whether costs can be grouped and filtered by a dimension here, for instance ServiceName or Tags%3Ateam.',
      read: ({ name = '' }) => Promise.resolve(describeDimension(source.profile(), name)),
    },
  ];
}

const DIMENSIONS = {
  title: 'Dimensions',
  description: 'What costs can be grouped and filtered by here, as FOCUS 1.2 names it.',
};
const LIMITS = {
  title: 'Limits, retention and price',
  description: 'How far back and how finely costs can be asked here, and what a request costs.',
};
const FOCUS_MAPPING = {
  title: 'FOCUS mapping',
  description: 'Which of the provider’s own amounts stands behind each FOCUS metric.',
};

function toLimits(source: CostSource, profile: SourceProfile) {
  const { provider, granularities, restatementDays, limits, usdPerRequest, notes } = profile;
  const price = { usdPerRequest, requestsPerDay: source.budget.perDay };
  return { provider, granularities, restatementDays, limits, price, notes };
}

const toFocusMapping = ({ provider, metrics, dimensions, notes }: SourceProfile) => ({
  provider,
  specification: 'https://focus.finops.org/focus-specification/v1-2/',
  metrics,
  derivedDimensions: dimensions.filter(({ derivedFrom }) => derivedFrom !== undefined),
  notes,
});

function describeDimension(profile: SourceProfile, name: string): string | undefined {
  const listed = findTagKey(name) === undefined ? name : 'Tags:<key>';
  const dimension = profile.dimensions.find((one) => one.name === listed);
  return dimension && toText({ provider: profile.provider, ...dimension, name });
}

const toText = (value: unknown): string => JSON.stringify(value, null, 2);
