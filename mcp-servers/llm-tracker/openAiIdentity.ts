import type { ProviderIdentity } from './llmProvider.ts';

/** How OpenAI is named and signed in to. */
export const OPENAI_IDENTITY: ProviderIdentity = {
  id: 'openai',
  name: 'OpenAI',
  service: 'OpenAI API',
  keyVariable: 'OPENAI_ADMIN_KEY',
  keyHint: 'platform.openai.com, organization settings, admin keys',
};
