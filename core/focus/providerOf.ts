import type { Provider } from '../contracts/scalars.ts';

const NAMES: readonly (readonly [RegExp, Provider])[] = [
  [/\b(aws|amazon)\b/i, 'aws'],
  [/\b(google|gcp)\b/i, 'gcp'],
  [/\b(microsoft|azure)\b/i, 'azure'],
  [/\bopenai\b/i, 'openai'],
  [/\banthropic\b/i, 'anthropic'],
];

/** Which of our providers a FOCUS `ProviderName` means; undefined for any other. */
export function providerOf(providerName: string): Provider | undefined {
  return NAMES.find(([name]) => name.test(providerName))?.[1];
}
