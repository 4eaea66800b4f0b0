import type { LlmMeter } from './meters.ts';
import type { LlmUse } from './price.ts';

/** Kinds of use that are billed for each call, second or character: at one price at every service tier. */
const FLAT: ReadonlySet<LlmMeter> = new Set([
  'web_search',
  'file_search',
  'code_interpreter',
  'images',
  'characters',
  'seconds',
  'storage',
]);

/** A factor as a fraction, since some are not finite decimals. */
export interface Factor {
  times: string;
  over: string;
}

const ONE: Factor = { times: '1', over: '1' };
const HALF: Factor = { times: '1', over: '2' };

/**
 * By what a standard rate is multiplied at a service tier; undefined where that is not published. Tokens cost half in a
 * batch at both providers, those of the cache too, and as much with OpenAI's flex processing; of fine-tuned models only the
 * standard tier is known. OpenAI's priority processing has a factor for each model; Anthropic's priority tier is bought in
 * advance by contract.
 *
 * @see https://platform.claude.com/docs/en/build-with-claude/batch-processing and
 *   https://developers.openai.com/api/docs/pricing, as of 2026-11-26
 */
export function tierFactor(
  use: Pick<LlmUse, 'provider' | 'model' | 'serviceTier'>,
  meter: LlmMeter,
): Factor | undefined {
  if (FLAT.has(meter)) return ONE;
  if (STANDARD.has(use.serviceTier)) return ONE;
  if (use.model.startsWith('ft:')) return undefined;
  if (use.serviceTier === 'batch') return HALF;
  if (use.provider !== 'openai') return undefined;
  if (use.serviceTier === 'flex') return HALF;
  return use.serviceTier === 'priority' ? priorityFactor(use.model) : undefined;
}

/** What the providers call the usual tier; '' where a report does not tell it. */
const STANDARD: ReadonlySet<string> = new Set(['', 'standard', 'default', 'auto']);

function priorityFactor(model: string): Factor | undefined {
  return PRIORITY[model.replace(/-\d{4}-\d{2}-\d{2}$/, '')];
}

const TWICE: Factor = { times: '2', over: '1' };
const SEVEN_QUARTERS: Factor = { times: '7', over: '4' };

/** @see https://openai.com/api-priority-processing/ and https://developers.openai.com/api/docs/pricing, as of 2026-11-26 */
const PRIORITY: Readonly<Record<string, Factor>> = {
  'gpt-4.1': SEVEN_QUARTERS,
  'gpt-4.1-mini': SEVEN_QUARTERS,
  'gpt-4.1-nano': TWICE,
  'gpt-4o': { times: '17', over: '10' },
  'gpt-4o-mini': { times: '5', over: '3' },
  'gpt-5': TWICE,
  'gpt-5-codex': TWICE,
  'gpt-5-mini': { times: '9', over: '5' },
  'gpt-5.1': TWICE,
  'gpt-5.1-codex': TWICE,
  'gpt-5.2': TWICE,
  'gpt-5.3-codex': TWICE,
  'gpt-5.4': TWICE,
  'gpt-5.4-mini': TWICE,
  'gpt-5.5': { times: '5', over: '2' },
  'gpt-5.6': TWICE,
  'gpt-5.6-luna': TWICE,
  'gpt-5.6-sol': TWICE,
  'gpt-5.6-terra': TWICE,
  'gpt-6-astra': TWICE,
  'gpt-6-luna': TWICE,
  'gpt-6-sol': TWICE,
  o3: SEVEN_QUARTERS,
  'o4-mini': { times: '20', over: '11' },
};
