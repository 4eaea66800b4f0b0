import type { Provider } from '../../../core/contracts/scalars.ts';
import { CostGuardError } from '../../../core/errors.ts';
import { createCoveredPeriods } from '../../../core/focus/coveredPeriods.ts';
import { createRowReader, isGarbled as isHit } from '../../../core/focus/createRowReader.ts';
import { providerOf } from '../../../core/focus/providerOf.ts';
import { cellOf, type StoredCells } from '../../../core/focus/storedCells.ts';
import { encodeCopyRow } from '../../../db/queries/costs/encodeCopyRow.ts';
import type { DayPeriod } from '../../../db/queries/costs/replacePeriods.ts';
import type { Refusals } from './createRefusals.ts';
import type { FocusSource, OnSourceRow } from './focusSource.ts';

/** What a person decided about an import. */
export interface ImportChoices {
  connection?: string;
  provider?: Provider;
  /** Exactly these days are replaced; without, the billing periods of the file. */
  days?: DayPeriod;
  strict: boolean;
}

/** An import under way: `lines` is read once, the rest is known after it. */
export interface FocusImport {
  lines: AsyncIterable<string>;
  accepted: () => number;
  /** Rows outside of the days that were asked for. */
  leftOut: () => number;
  periods: () => DayPeriod[];
  target: () => { name: string; provider: Provider };
}

const START = cellOf('ChargePeriodStart');
const BILLING_START = cellOf('BillingPeriodStart');
const BILLING_END = cellOf('BillingPeriodEnd');
const PROVIDER = cellOf('ProviderName');
const ACCOUNT = cellOf('BillingAccountId');

/** Reads, checks and encodes the rows of a file; refused ones are told, the others go on. */
export function createImport(
  source: FocusSource,
  choices: ImportChoices,
  refusals: Refusals,
): FocusImport {
  const read = createRowReader(source.names);
  const periods = createCoveredPeriods();
  const origin = createOrigin(choices);
  let accepted = 0;
  let leftOut = 0;

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
  let text = '';
  const onRow: OnSourceRow = (line, cells, { isPlain, isGarbled }) => {
    const result =
      isGarbled && isHit(cells) ? { refused: 'is not written in UTF-8' } : read(cells, isPlain);
    if ('refused' in result) refusals.add(line, result.refused);
    else if (take(result.cells)) text += encodeCopyRow(result.cells, isPlain);
  };
  async function* lines(): AsyncGenerator<string> {
    while (await source.readSome(onRow)) {
      await refusals.flush();
      if (text !== '') yield text;
      text = '';
    }
    if (text !== '') yield text;
    assertStorable(accepted, refusals.count(), choices);
  }
  return {
    lines: lines(),
    accepted: () => accepted,
    leftOut: () => leftOut,
    periods: () => (choices.days === undefined ? periods.list() : [choices.days]),
    target: origin.target,
  };
}

function assertStorable(accepted: number, refused: number, { days, strict }: ImportChoices): void {
  if (strict && refused > 0) {
    throw invalid(`${refused} rows are refused, so with --strict nothing was stored.`);
  }
  if (accepted > 0 || (days !== undefined && refused === 0)) return;
  throw invalid(
    refused > 0
      ? `All ${refused} rows are refused; nothing was stored.`
      : 'The file holds no charges; nothing was changed. With --from and --to such a file empties these days.',
  );
}

/** Whose costs a file tells: one provider, and one billing account unless the connection is named. */
function createOrigin({ connection, provider }: ImportChoices) {
  const providerNames = new Set<string>();
  const accounts = new Set<string>();
  let found = provider;
  const addProvider = (name: string) => {
    providerNames.add(name);
    if (provider !== undefined) return;
    const derived = providerOf(name);
    if (derived === undefined) {
      throw invalid(
        `The file is of the provider ${name}, which is none of ours; say with --provider where it belongs. Nothing was stored.`,
      );
    }
    if (found !== undefined && found !== derived) {
      throw invalid(
        `The file mixes costs of several providers (${[...providerNames].join(', ')}); split it by ProviderName and import each part. Nothing was stored.`,
      );
    }
    found = derived;
  };
  return {
    add: (providerName: string, account: string) => {
      if (!providerNames.has(providerName)) addProvider(providerName);
      // More than two say nothing more.
      if (accounts.size < 2) accounts.add(account);
    },
    target: () => {
      const [account] = accounts;
      if (connection === undefined && accounts.size !== 1) {
        throw invalid(
          'The file tells of several billing accounts, or of none; name its connection with --connection. Nothing was stored.',
        );
      }
      if (found === undefined) {
        throw invalid('The file names no provider; say which with --provider. Nothing was stored.');
      }
      const [providerName] = providerNames;
      return {
        name:
          connection ?? `FOCUS import: ${String(providerName)} ${String(account)}`.slice(0, 100),
        provider: found,
      };
    },
  };
}

function invalid(detail: string): CostGuardError {
  return new CostGuardError('invalid_request', detail);
}
