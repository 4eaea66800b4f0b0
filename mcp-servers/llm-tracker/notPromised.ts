import type { ProviderIdentity } from './llmProvider.ts';

/** What is wrong with an answer in another form than the API's. */
export const notPromised = ({ name }: Pick<ProviderIdentity, 'name'>): string =>
  `${name} did not answer in the form that its API promises.`;
