/** A stored name for the eye: `level_shift` becomes `level shift`. */
export const words = (name: string): string => name.replaceAll('_', ' ');

/** The same with a capital: `Level shift`. */
export const Words = (name: string): string => name.charAt(0).toUpperCase() + words(name).slice(1);

/** How providers are called. */
export const PROVIDERS: Record<string, string> = {
  aws: 'AWS',
  gcp: 'Google Cloud',
  azure: 'Azure',
  openai: 'OpenAI',
  anthropic: 'Anthropic',
};
