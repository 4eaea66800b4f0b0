/** Names of kinds of tokens that OpenAI's invoices and its API use for the same thing. */
const KINDS: Readonly<Record<string, string>> = {
  input: 'input',
  input_tokens: 'input',
  cached_input: 'cache_read',
  cached_input_tokens: 'cache_read',
  input_cached: 'cache_read',
  input_cached_tokens: 'cache_read',
  cache_write: 'cache_write',
  cache_write_tokens: 'cache_write',
  input_cache_write: 'cache_write',
  input_cache_write_tokens: 'cache_write',
  output: 'output',
  output_tokens: 'output',
  reasoning: 'reasoning',
  reasoning_tokens: 'reasoning',
};

/**
 * Model and kind of token of one of OpenAI's line items, such as `gpt-5-mini, cached input`. A kind that is not known here
 * keeps its name, in small letters with underscores; a line item of another form, such as that of a tool, tells neither.
 */
export function fromLineItem(lineItem: string | null): {
  x_Model: string | null;
  x_TokenType: string | null;
} {
  const at = lineItem?.lastIndexOf(', ') ?? -1;
  if (lineItem === null || at < 1) return { x_Model: null, x_TokenType: null };
  const kind = lineItem
    .slice(at + 2)
    .trim()
    .toLowerCase()
    .replaceAll(/\s+/g, '_');
  return { x_Model: lineItem.slice(0, at), x_TokenType: (KINDS[kind] ?? kind) || null };
}
