import type { ProviderIdentity } from './llmProvider.ts';

/** How Anthropic is named and signed in to. */
export const ANTHROPIC_IDENTITY: ProviderIdentity = {
  id: 'anthropic',
  name: 'Anthropic',
  service: 'Claude API',
  keyVariable: 'ANTHROPIC_ADMIN_KEY',
  keyHint: 'console.anthropic.com, settings, admin keys',
};

/** What a request needs. Anthropic's admin keys have no scopes that could be named. */
export const ANTHROPIC_PERMISSION = 'admin access to the organization';
