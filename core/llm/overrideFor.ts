import type { LlmPriceOverride, LlmUse } from './price.ts';

/**
 * The override that holds for a use: of those for its model whose first day is not after it, the newest; of two of one day
 * the one that names more of the model.
 */
export function overrideFor(
  use: Pick<LlmUse, 'provider' | 'model' | 'at'>,
  overrides: readonly LlmPriceOverride[],
): LlmPriceOverride | undefined {
  const day = use.at.slice(0, 10);
  let best: LlmPriceOverride | undefined;
  for (const override of overrides) {
    if (override.provider !== use.provider || override.validFrom > day) continue;
    if (!matchesModel(override.model, use.model)) continue;
    if (best === undefined || isBefore(best, override)) best = override;
  }
  return best;
}

/** Whether a name, or a beginning followed by `*`, stands for a model. */
export function matchesModel(pattern: string, model: string): boolean {
  return pattern.endsWith('*') ? model.startsWith(pattern.slice(0, -1)) : pattern === model;
}

function isBefore(a: LlmPriceOverride, b: LlmPriceOverride): boolean {
  return a.validFrom === b.validFrom
    ? specificity(a.model) < specificity(b.model)
    : a.validFrom < b.validFrom;
}

const specificity = (model: string): number =>
  model.endsWith('*') ? model.length - 1 : Number.MAX_SAFE_INTEGER;
