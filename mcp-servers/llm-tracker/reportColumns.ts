import type { LlmCell, ProviderIdentity, ReportDimension } from './llmProvider.ts';

const SERVICE_CATEGORY = 'AI and Machine Learning';

/** Dimensions that are the same on every charge. */
export const CONSTANT_DIMENSIONS = {
  ServiceName: { groupBy: [] },
  ServiceCategory: { groupBy: [] },
  ChargeCategory: { groupBy: [] },
} as const satisfies Record<string, ReportDimension>;

/** The values of {@link CONSTANT_DIMENSIONS}. */
export const constantColumns = ({
  service,
}: ProviderIdentity): Readonly<Record<string, string>> => ({
  ServiceName: service,
  ServiceCategory: SERVICE_CATEGORY,
  ChargeCategory: 'Usage',
});

/** Dimensions that a usage report has without being grouped by anything. */
export const USAGE_DIMENSIONS = {
  ...CONSTANT_DIMENSIONS,
  x_TokenType: { groupBy: [] },
  x_Endpoint: { groupBy: [] },
  x_Minute: { groupBy: [] },
} as const satisfies Record<string, ReportDimension>;

/** One value for several columns: the parts in order, `-` for one that is not told. */
export const toUsageLine = (columns: LlmCell['columns'], parts: readonly string[]): string =>
  parts.map((part) => columns[part] ?? '-').join(' / ');
