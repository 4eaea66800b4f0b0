import type { ForecastQuality } from './forecastQuality.ts';
import type { SeriesOutcome } from './scoreDetections.ts';
import { summarize } from './summarize.ts';

/** Prints the measures for each family of series: where the method is weak. */
export function printBreakdown(
  outcomes: readonly SeriesOutcome[],
  qualities: readonly ForecastQuality[],
): void {
  const quality = new Map(qualities.flatMap(({ byFamily }) => [...byFamily]));
  const rows = (nameOf: (family: string) => string) => {
    const names = [...new Set(outcomes.map(({ family }) => nameOf(family)))].sort();
    for (const name of names) {
      const summary = summarize(outcomes.filter(({ family }) => nameOf(family) === name));
      const cells = [
        summary.f1,
        summary.recall,
        summary.falseAlarms,
        summary.cleanFalseAlarms,
        summary.named,
      ];
      const forecast = quality.get(name);
      const more = forecast === undefined ? [] : [forecast.coverage, forecast.medianWape];
      process.stdout.write(
        `${name.padEnd(26)}${[...cells, ...more].map((cell) => cell.toFixed(3).padStart(9)).join('')}\n`,
      );
    }
  };
  process.stdout.write(
    `\n${'family'.padEnd(26)}${['F1', 'recall', 'FA', 'FA clean', 'named', 'cover', 'WAPE'].map((h) => h.padStart(9)).join('')}\n`,
  );
  rows((family) => (family.startsWith('real') ? family : (family.split('/')[0] ?? family)));
  process.stdout.write('\n');
  rows((family) => (family.startsWith('real') ? 'real' : (family.split('/')[1] ?? 'plain')));
}
