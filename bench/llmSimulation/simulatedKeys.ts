import type { SimulatedKey } from './simulatedUse.ts';

/** The keys of a made-up organisation: people at an office, services, sessions at any hour, jobs, a project that grows. */
export const KEYS: readonly SimulatedKey[] = (
  [
    ['office', 'large', 12_000, 0.6],
    ['always', 'small', 60_000, 0.7],
    ['sporadic', 'large', 20_000, 0.1],
    ['nightly', 'other', 120_000, 0],
    ['monthly', 'other', 90_000, 0],
    ['ramp', 'large', 10_000, 0.5],
    ['always', 'large', 9_000, 0.8],
    ['office', 'small', 4_000, 0.3],
  ] as const
).map(([shape, model, tokens, cached], index) => ({
  apiKeyId: `key_${index}`,
  projectId: `proj_${index % 3}`,
  shape,
  model,
  tokens,
  cached,
}));
