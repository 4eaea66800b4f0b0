/** Whether a connection's provider reports the use of language models, to be polled on a schedule of its own. */
export const hasLlmUsage = ({ provider, demo }: { provider: string; demo: boolean }): boolean =>
  (provider === 'openai' || provider === 'anthropic') && !demo;
