import type { CostFilter } from '../../core/mcp/costFilter.ts';
import type { AccountRow } from '../../core/mcp/listAccounts.ts';

/** How a provider of language models is named and signed in to. */
export interface ProviderIdentity {
  /** Its connection; more of them begin with it and a hyphen. */
  id: 'openai' | 'anthropic';
  /** FOCUS `ProviderName`. */
  name: string;
  /** FOCUS `ServiceName` of all its charges. */
  service: string;
  /** The environment variable that holds its admin key. */
  keyVariable: string;
  /** Where a person makes such a key. */
  keyHint: string;
}

/** What one charge or use of a bucket comes to, by the columns that were asked for. */
export interface LlmCell {
  /** Start and end of the bucket, ISO 8601 UTC. */
  start: string;
  end: string;
  /** FOCUS and `x_` columns; null where the provider names none. */
  columns: Readonly<Record<string, string | null>>;
  currency: string;
  /** Exact decimal. */
  cost?: string;
  quantity?: { amount: string; unit: string | null };
}

/** The two reports that both providers have: what was billed, by day, and what was used, down to minutes. */
export type ReportName = 'costs' | 'usage';

/** Length of a report's buckets, as both providers write it. */
export type BucketWidth = '1m' | '1h' | '1d';

/** A dimension in a report. */
export interface ReportDimension {
  /** What the provider has to group by for it. */
  groupBy: readonly string[];
  /** Columns that follow from it. */
  derives?: readonly string[];
}

/** What is asked of a provider's report. */
export interface ReportQuery {
  report: ReportName;
  width: BucketWidth;
  /** Instants, ISO 8601 UTC, on the bounds of buckets; `to` is excluded. */
  from: string;
  to: string;
  /** Dimensions that the cells have to tell, each once. */
  dimensions: readonly string[];
  filter: CostFilter | undefined;
}

/** One paged request. Equal requests have equal paths and parameters. */
export interface ReportRequest {
  path: string;
  params: readonly (readonly [name: string, value: string])[];
  query: Pick<ReportQuery, 'from' | 'to' | 'width'>;
  /** What it needs, by the provider's name. */
  permission: string;
  /** The cells of one result of a bucket. @throws ToolError `UPSTREAM_FAILED` when the result does not hold */
  toCells: (result: unknown, bucket: Pick<LlmCell, 'start' | 'end'>) => LlmCell[];
}

/** A bucket as both providers tell it, in one form. */
export interface Bucket {
  /** ISO 8601 UTC. */
  start: string;
  end: string;
  results: readonly unknown[];
}

/** One entry of a provider's list, and how the next page is asked for. */
export interface ListRequest<Entry> {
  path: string;
  params: readonly (readonly [name: string, value: string])[];
  /** The parameter that takes the last id of a page. */
  after: string;
  permission: string;
  /** @throws ToolError `UPSTREAM_FAILED` when the entry does not hold */
  toEntry: (entry: unknown) => Entry;
}

/** A provider's administration API, as far as its shape differs from the other's. */
export interface LlmProvider extends ProviderIdentity {
  /** Where its API is, without a slash at the end. */
  baseUrl: string;
  /** Headers that carry the key. */
  headers: Readonly<Record<string, string>>;
  dimensions: Readonly<Record<ReportName, Readonly<Record<string, ReportDimension>>>>;
  /** Whether its cost report tells quantities where it is grouped by `SkuMeter`. */
  hasBilledQuantity: boolean;
  requests(query: ReportQuery): ReportRequest[];
  /** @throws ToolError `UPSTREAM_FAILED` when the bucket does not hold */
  toBucket(bucket: unknown): Bucket;
  accounts: ListRequest<AccountRow>;
  /** Names of API keys by account; undefined where its cost report does not tell keys apart. */
  apiKeys?: (subAccountId: string) => ListRequest<{ id: string; name: string | null }>;
}
