import type { EventKind } from './labelledSeries.ts';
import type { EventOutcome, SeriesOutcome } from './scoreDetections.ts';

/** The measures of detection, by name as in the table of targets; NaN where nothing of the kind is there. */
export interface Summary {
  f1: number;
  precision: number;
  recall: number;
  falseAlarms: number;
  cleanFalseAlarms: number;
  weightedRecall: number;
  recallOf: (...kinds: EventKind[]) => number;
  delayOf: (...kinds: EventKind[]) => number;
  named: number;
  events: number;
  years: number;
}

/** Sums up what the alarms of many series come to. Impact weights are capped at the 95% quantile, so that no one event decides. */
export function summarize(outcomes: readonly SeriesOutcome[]): Summary {
  const events = outcomes.flatMap((outcome) => outcome.events);
  const found = events.filter(({ isFound }) => isFound);
  const falseAlarms = sum(outcomes.map((outcome) => outcome.falseAlarms));
  const clean = outcomes.filter(({ isClean }) => isClean);
  const precision = found.length / (found.length + falseAlarms);
  const recall = found.length / events.length;
  const impacts = events.map(({ impact }) => impact).sort((a, b) => a - b);
  const cap = impacts[Math.floor(0.95 * impacts.length)] ?? Infinity;
  const weight = (event: EventOutcome) => Math.min(event.impact, cap);
  const of = (kinds: EventKind[]) => events.filter(({ kind }) => kinds.includes(kind));
  return {
    f1: (2 * precision * recall) / (precision + recall),
    precision,
    recall,
    falseAlarms: falseAlarms / sum(outcomes.map(({ years }) => years)),
    cleanFalseAlarms:
      sum(clean.map((outcome) => outcome.falseAlarms)) / sum(clean.map(({ years }) => years)),
    weightedRecall: sum(found.map(weight)) / sum(events.map(weight)),
    recallOf: (...kinds) => of(kinds).filter(({ isFound }) => isFound).length / of(kinds).length,
    delayOf: (...kinds) => {
      const delays = of(kinds)
        .filter(({ isFound }) => isFound)
        .map(({ delay }) => delay);
      return sum(delays) / delays.length;
    },
    named: found.filter(({ isNamedRightly }) => isNamedRightly).length / found.length,
    events: events.length,
    years: sum(outcomes.map(({ years }) => years)),
  };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
