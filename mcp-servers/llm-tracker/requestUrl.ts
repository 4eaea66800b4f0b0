import type { LlmProvider } from './llmProvider.ts';

/** Where to ask, with which parameters, and what that needs. */
export interface ProviderRequest {
  path: string;
  params: readonly (readonly [name: string, value: string])[];
  permission: string;
}

/** The address of a request; it never carries the key. */
export function requestUrl(
  { baseUrl }: Pick<LlmProvider, 'baseUrl'>,
  { path, params }: Pick<ProviderRequest, 'path' | 'params'>,
): URL {
  const url = new URL(baseUrl + path);
  for (const [name, value] of params) url.searchParams.append(name, value);
  return url;
}
