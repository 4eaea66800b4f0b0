import type { LlmMeter, LlmUnits } from '../../../core/llm/meters.ts';

/** The columns of `llm_usage` that hold units; whole numbers as text. */
export interface UsageColumns {
  input_tokens: string;
  cached_input_tokens: string;
  cache_write_tokens: string;
  cache_write_5m_tokens: string;
  cache_write_1h_tokens: string;
  output_tokens: string;
  reasoning_tokens: string;
  /** All other kinds, by kind. */
  other_units: Partial<Record<LlmMeter, string>>;
}

const COLUMNS = {
  input: 'input_tokens',
  cache_read: 'cached_input_tokens',
  cache_write: 'cache_write_tokens',
  cache_write_5m: 'cache_write_5m_tokens',
  cache_write_1h: 'cache_write_1h_tokens',
  output: 'output_tokens',
  reasoning: 'reasoning_tokens',
} as const satisfies Partial<Record<LlmMeter, keyof UsageColumns>>;

const isColumn = (meter: string): meter is keyof typeof COLUMNS => meter in COLUMNS;

/** The column that holds a kind of use; undefined for those in `other_units`. */
export const columnOf = (meter: LlmMeter): keyof UsageColumns | undefined =>
  isColumn(meter) ? COLUMNS[meter] : undefined;

/** Units as they are stored. */
export function toUsageColumns(units: LlmUnits): UsageColumns {
  const columns: UsageColumns = {
    input_tokens: '0',
    cached_input_tokens: '0',
    cache_write_tokens: '0',
    cache_write_5m_tokens: '0',
    cache_write_1h_tokens: '0',
    output_tokens: '0',
    reasoning_tokens: '0',
    other_units: {},
  };
  for (const [meter, amount] of Object.entries(units) as [LlmMeter, string][]) {
    if (isColumn(meter)) columns[COLUMNS[meter]] = amount;
    else if (amount !== '0') columns.other_units[meter] = amount;
  }
  return columns;
}

/** Units as they were before they were stored; kinds of which there was none are left out. */
export function fromUsageColumns(columns: UsageColumns): LlmUnits {
  const units: LlmUnits = { ...columns.other_units };
  for (const [meter, column] of Object.entries(COLUMNS) as [
    keyof typeof COLUMNS,
    keyof UsageColumns,
  ][]) {
    const amount = columns[column] as string;
    if (amount !== '0') units[meter] = amount;
  }
  return units;
}
