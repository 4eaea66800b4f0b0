import type { z } from 'zod';

/** A prompt ready to be served: what a person can have a model do, written out for it. */
export interface Prompt {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  /** Strict, every field a text: prompts have no other arguments. */
  readonly args: z.ZodObject;
  /** The text for arguments that `args` has parsed. */
  render(args: Record<string, unknown>): string;
}

/** A prompt whose text is made from its arguments. */
export function definePrompt<Args extends z.ZodObject>(
  prompt: Omit<Prompt, 'args' | 'render'> & {
    args: Args;
    render: (args: z.output<Args>) => string;
  },
): Prompt {
  const { render, ...info } = prompt;
  return { ...info, render: (args) => render(args as z.output<Args>) };
}
