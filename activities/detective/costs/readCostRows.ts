import type { z } from 'zod';
import { assertCostRow } from '../../../core/connections/assertCostRow.ts';
import type { CostRow } from '../../../core/mcp/costRow.ts';
import { queryCostsContract, type QueryCostsInput } from '../../../core/mcp/queryCosts.ts';
import { PAGE_ROWS, callPages } from './callPages.ts';
import type { CostReading } from './costReading.ts';

/** What of a query differs from provider to provider. */
type CostQuestion = Pick<
  z.input<typeof QueryCostsInput>,
  'metrics' | 'groupBy' | 'filter' | 'connectionIds'
>;

/** The rows of each day of the reading's period, checked, from all pages. */
export async function* readCostRows(
  reading: Omit<CostReading, 'today'>,
  question: CostQuestion,
): AsyncGenerator<CostRow> {
  const { toolbox, signal, from, to } = reading;
  const pages = callPages(reading, (cursor) =>
    toolbox.call(
      queryCostsContract,
      {
        ...question,
        period: { start: from, end: to },
        granularity: 'DAY',
        limit: PAGE_ROWS,
        ...cursor,
      },
      { signal, onProgress: () => undefined },
    ),
  );
  for await (const { rows } of pages) {
    for (const row of rows) {
      assertCostRow(row, reading);
      yield row;
    }
  }
}
