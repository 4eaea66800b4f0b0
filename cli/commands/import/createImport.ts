import { CostGuardError } from '../../../core/errors.ts';
import type { DayPeriod } from '../../../db/queries/costs/costPeriods.ts';
import type { Refusals } from './createRefusals.ts';
import { type ImportTarget, targetOf } from './importOrigin.ts';
import type { ImportBatch, ImportChoices, ImportState } from './readBatches.ts';

/** An import under way: `lines` is read once; the rest is known as far as it was read. */
export interface FocusImport {
  lines: AsyncIterable<string | Uint8Array>;
  accepted: () => number;
  /** Rows outside of the days that were asked for. */
  leftOut: () => number;
  /** The days that are replaced. */
  periods: () => DayPeriod[];
  /** @throws CostGuardError `invalid_request` where the file does not say where its costs belong */
  target: () => ImportTarget;
}

/** Tells the refused rows of the batches and gives the lines of the others. */
export function createImport(
  batches: AsyncIterable<ImportBatch>,
  choices: ImportChoices,
  refusals: Refusals,
): FocusImport {
  let state: ImportState = {
    accepted: 0,
    leftOut: 0,
    periods: [],
    origin: { providerName: undefined, provider: choices.provider, accounts: [] },
  };
  const target = () => targetOf(state.origin, choices.connection);
  async function* lines(): AsyncGenerator<string | Uint8Array> {
    for await (const batch of batches) {
      state = batch.soFar;
      for (const [line, reason] of batch.refused) refusals.add(line, reason);
      await refusals.flush();
      if (batch.lines.length > 0) yield batch.lines;
    }
    assertStorable(state.accepted, refusals.count(), choices);
    // A second billing account may have come last.
    target();
  }
  return {
    lines: lines(),
    accepted: () => state.accepted,
    leftOut: () => state.leftOut,
    periods: () => (choices.days === undefined ? state.periods : [choices.days]),
    target,
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

function invalid(detail: string): CostGuardError {
  return new CostGuardError('invalid_request', detail);
}
