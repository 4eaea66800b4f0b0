import type { Provider } from '../../../core/contracts/scalars.ts';
import { createCoveredPeriods } from '../../../core/focus/coveredPeriods.ts';
import { createRowReader, isGarbled as isHit } from '../../../core/focus/createRowReader.ts';
import { cellOf, type StoredCells } from '../../../core/focus/storedCells.ts';
import type { DayPeriod } from '../../../db/queries/costs/costPeriods.ts';
import { encodeCopyRow } from '../../../db/queries/costs/encodeCopyRow.ts';
import type { FocusSource, OnSourceRow } from './focusSource.ts';
import { createOrigin, type ImportOrigin } from './importOrigin.ts';

/** What a person decided about an import. */
export interface ImportChoices {
  connection?: string;
  provider?: Provider;
  /** Exactly these days are replaced; without, the billing periods of the file. */
  days?: DayPeriod;
  strict: boolean;
}

/** Some rows of a file, read, checked and encoded. */
export interface ImportBatch {
  /** Lines of COPY: of every accepted row since the batch before. */
  lines: string | Uint8Array;
  /** Where they stand, and why they are refused: those since the batch before. */
  refused: [line: number, reason: string][];
  soFar: ImportState;
}

/** What is known of a file up to a batch. */
export interface ImportState {
  accepted: number;
  /** Rows outside of the days that were asked for. */
  leftOut: number;
  /** The billing periods that it tells all of. */
  periods: DayPeriod[];
  origin: ImportOrigin;
}

const START = cellOf('ChargePeriodStart');
const BILLING_START = cellOf('BillingPeriodStart');
const BILLING_END = cellOf('BillingPeriodEnd');
const PROVIDER = cellOf('ProviderName');
const ACCOUNT = cellOf('BillingAccountId');

/**
 * Reads, checks and encodes the rows of a file; the last batch may bring none.
 *
 * @throws CostGuardError `invalid_request` where the file is damaged or mixes providers
 */
export async function* readBatches(
  source: FocusSource,
  choices: ImportChoices,
): AsyncGenerator<ImportBatch & { lines: string }, undefined> {
  const read = createRowReader(source.names);
  const periods = createCoveredPeriods();
  const origin = createOrigin(choices.provider);
  let accepted = 0;
  let leftOut = 0;
  let lines = '';
  let refused: ImportBatch['refused'] = [];

  const take = (cells: StoredCells): boolean => {
    const start = cells[START] ?? '';
    origin.add(cells[PROVIDER] ?? '', cells[ACCOUNT] ?? '');
    if (choices.days !== undefined && (start < choices.days.from || start >= choices.days.to)) {
      leftOut += 1;
      return false;
    }
    accepted += 1;
    periods.add(start, cells[BILLING_START] ?? null, cells[BILLING_END] ?? null);
    return true;
  };
  const onRow: OnSourceRow = (line, cells, { isPlain, isGarbled }) => {
    const result =
      isGarbled && isHit(cells) ? { refused: 'is not written in UTF-8' } : read(cells, isPlain);
    if ('refused' in result) refused.push([line, result.refused]);
    else if (take(result.cells)) lines += encodeCopyRow(result.cells, isPlain);
  };
  for (let isMore = true; isMore;) {
    isMore = await source.readSome(onRow);
    if (isMore && lines === '' && refused.length === 0) continue;
    const soFar = { accepted, leftOut, periods: periods.list(), origin: origin.found() };
    yield { lines, refused, soFar };
    lines = '';
    refused = [];
  }
}
