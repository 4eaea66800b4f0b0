import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { toNodeHandler } from '@modelcontextprotocol/node';
import { createMcpHandler, McpServer } from '@modelcontextprotocol/server';
import express from 'express';
import { z } from 'zod';
import { listAccountsContract, type AccountRow } from '../../core/mcp/listAccounts.ts';
import { listDimensionValuesContract } from '../../core/mcp/listDimensionValues.ts';
import {
  listRecommendationsContract,
  type RecommendationRow,
} from '../../core/mcp/listRecommendations.ts';
import { QueryCostsInput, queryCostsContract } from '../../core/mcp/queryCosts.ts';
import { TOOL_ERROR_META_KEY, type ToolErrorMeta } from '../../core/mcp/toolError.ts';

/** What the stub says to a call: a page of rows, or a refusal. */
export type StubAnswer =
  | { rows: Record<string, unknown>[]; nextCursor?: string; dataAsOf?: string }
  | { refusal: ToolErrorMeta };

/**
 * An MCP server with the tools that polls call, whose answers a test writes: for what a poll does with any provider's
 * server. The servers themselves are tested beside each of them.
 */
export interface StubCostServer {
  url: URL;
  /** Those that are listed; each has had costs in any period. */
  accounts: AccountRow[];
  /** Arguments of `query_costs` so far, with their defaults. */
  asked: QueryCostsInput[];
  answer: (give: (input: QueryCostsInput) => StubAnswer) => void;
  /** What `list_recommendations` answers; none at first. */
  recommendations: RecommendationRow[];
  /** How often it was asked. */
  timesAsked: () => number;
  close: () => Promise<void>;
}

/** Starts it on a free loopback port. */
export async function startStubCostServer(): Promise<StubCostServer> {
  const accounts: AccountRow[] = [];
  const asked: QueryCostsInput[] = [];
  const recommendations: RecommendationRow[] = [];
  let timesAsked = 0;
  let give: (input: QueryCostsInput) => StubAnswer = () => ({ rows: [] });
  const handler = createMcpHandler(() => {
    const server = new McpServer({ name: 'stub', version: '1.0.0' });
    const { name: listAccounts, input } = listAccountsContract;
    server.registerTool(listAccounts, { inputSchema: input }, () =>
      toResult({ rows: accounts, ...envelope() }),
    );
    const values = listDimensionValuesContract;
    server.registerTool(values.name, { inputSchema: z.looseObject({}) }, (args) =>
      toResult({
        rows: accounts.map(({ SubAccountId }) => ({
          value: SubAccountId,
          BilledCost: '1',
          BillingCurrency: 'USD',
        })),
        ...costEnvelope(values.input.parse(args)),
        ...envelope(),
      }),
    );
    const advice = listRecommendationsContract;
    server.registerTool(advice.name, { inputSchema: advice.input }, () => {
      timesAsked += 1;
      return toResult({ rows: recommendations, ...envelope() });
    });
    // The contract's own refinements are the real servers' business.
    const anything = z.looseObject({});
    server.registerTool(queryCostsContract.name, { inputSchema: anything }, (args) => {
      const query = QueryCostsInput.parse(args);
      asked.push(query);
      const answer = give(query);
      if ('refusal' in answer) return toRefusal(answer.refusal);
      const { rows, nextCursor, dataAsOf } = answer;
      return toResult({
        rows,
        ...(nextCursor !== undefined && { nextCursor }),
        ...costEnvelope(query),
        ...envelope(dataAsOf),
      });
    });
    return server;
  });
  const handle = toNodeHandler(handler);
  const app = express().all('/mcp', (req, res) => void handle(req, res));
  const server = createServer(app);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`),
    accounts,
    asked,
    recommendations,
    timesAsked: () => timesAsked,
    answer: (next) => {
      asked.length = 0;
      give = next;
    },
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await handler.close();
    },
  };
}

const envelope = (dataAsOf = new Date().toISOString()) => ({
  truncated: false,
  dataAsOf,
  sources: [{ connectionId: 'stub', status: 'ok' as const }],
  cost: { upstreamCalls: 1, cacheHits: 0, usd: '0', budgetLeft: 100 },
  notes: [],
});

const costEnvelope = ({ period }: Pick<QueryCostsInput, 'period'>) => ({
  derivedColumns: [],
  Total: [],
  Remainder: [],
  period: { requested: period, actual: period },
  provisionalFrom: null,
  currencies: [],
});

const toResult = (structuredContent: Record<string, unknown>) => ({
  content: [{ type: 'text' as const, text: 'see the structured content' }],
  structuredContent,
});

const toRefusal = (meta: ToolErrorMeta) => ({
  isError: true,
  content: [{ type: 'text' as const, text: `${meta.code}: Do this and that.` }],
  _meta: { [TOOL_ERROR_META_KEY]: meta },
});
