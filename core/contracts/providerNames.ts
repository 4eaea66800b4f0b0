import type { Provider } from './scalars.ts';

/** Providers as people call them. */
export const PROVIDER_NAMES = {
  aws: 'AWS',
  gcp: 'Google Cloud',
  azure: 'Azure',
  openai: 'OpenAI',
  anthropic: 'Anthropic',
} as const satisfies Record<Provider, string>;
