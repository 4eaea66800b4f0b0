import type { CostFilter } from '../../../core/mcp/costFilter.ts';
import type { CostRow } from '../../../core/mcp/costRow.ts';
import type { DescribeSourceOutput } from '../../../core/mcp/describeSource.ts';
import type { CallCost, SourceStatus } from '../../../core/mcp/envelope.ts';
import type { AccountRow } from '../../../core/mcp/listAccounts.ts';
import type { AnomalyRow } from '../../../core/mcp/listProviderAnomalies.ts';
import type { RecommendationRow } from '../../../core/mcp/listRecommendations.ts';
import type { Metric } from '../../../core/mcp/metric.ts';
import type { Period } from '../../../core/mcp/period.ts';
import type { QueryCostsInput } from '../../../core/mcp/queryCosts.ts';
import type { CallBudget } from '../callBudget.ts';
import type { SourceCall } from './sourceCall.ts';

/** What is asked of the costs, whatever the tool. */
export interface CostQuestion {
  period: Period;
  granularity: QueryCostsInput['granularity'];
  metrics: readonly Metric[];
  groupBy: readonly string[];
  filter: CostFilter | undefined;
  /**
   * Tell resources apart: rows carry `ResourceId`, and `ResourceName`, `ResourceType` and `Tags` where the provider tells
   * them. Then `groupBy` is empty.
   */
  byResource?: boolean;
}

/** What a provider answered to a question. */
export interface FoundCosts {
  /** FOCUS rows of the whole answer, each charge once. The same array for the same cached answer, so that pages share work. */
  rows: readonly CostRow[];
  /** Columns that follow from the grouped ones. */
  derivedColumns: readonly string[];
  /** The period that is answered. */
  period: Period;
  /** First day whose amounts may still change; null when all are final. */
  provisionalFrom: string | null;
  /** When the provider was asked; of several answers the oldest. */
  asOf: Date;
  sources: SourceStatus[];
  notes?: readonly string[];
}

/** A list that a provider gave, whole and in no particular order. */
export interface FoundList<Row> {
  rows: readonly Row[];
  asOf: Date;
  sources: SourceStatus[];
  notes: readonly string[];
}

/** What `describe_source` says of a provider besides the state of its connections. */
export interface SourceProfile {
  /** FOCUS `ProviderName`. */
  provider: string;
  dimensions: DescribeSourceOutput['dimensions'];
  metrics: DescribeSourceOutput['metrics'];
  granularities: DescribeSourceOutput['granularities'];
  restatementDays: number;
  /** Sizes and times that are the provider's own, unit in the name. */
  limits: Record<string, number>;
  /** Price of one provider request in USD, exact decimal; `0` where requests are free. */
  usdPerRequest: string;
  notes: readonly string[];
}

/**
 * A provider's costs behind the eight tools. Every method throws `ToolError`: `UNSUPPORTED` for what the provider does
 * not have, and everything that its API can fail with.
 */
export interface CostSource {
  /** Provider requests that each connection may make a day. */
  readonly budget: CallBudget;
  profile(): SourceProfile;
  /** The connections used last and how they went. */
  connections(): DescribeSourceOutput['connections'];
  costs(question: CostQuestion, call: SourceCall): Promise<FoundCosts>;
  accounts(call: SourceCall): Promise<FoundList<AccountRow>>;
  anomalies(period: Period, call: SourceCall): Promise<FoundList<AnomalyRow>>;
  recommendations(call: SourceCall): Promise<FoundList<RecommendationRow>>;
  /** What a call has cost so far. */
  cost(call: SourceCall): CallCost;
}
