import { detectSeries } from '../../../core/detection/detectSeries.ts';
import type { DetectionOptions } from '../../../core/detection/series.ts';
import { parseSeriesLine } from './parseSeriesLine.ts';
import type { LineBatch } from './readLineBatches.ts';

/** How lines are judged. */
export interface DetectTask {
  options: DetectionOptions;
  withForecasts: boolean;
}

/** The answers to a batch of lines: JSON lines, and what was wrong with the lines that have none. */
export interface JudgedBatch {
  output: string;
  forecastOutput: string;
  errors: string[];
}

/** Judges each line on its own; a malformed one is named and the others are judged. Empty lines are passed over. */
export function judgeLines({ firstLine, lines }: LineBatch, task: DetectTask): JudgedBatch {
  const judged: JudgedBatch = { output: '', forecastOutput: '', errors: [] };
  lines.forEach((line, index) => {
    if (line.trim() === '') return;
    try {
      judgeLine(line, task, judged);
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
      judged.errors.push(`line ${firstLine + index}: ${error.message}`);
    }
  });
  return judged;
}

function judgeLine(line: string, task: DetectTask, judged: JudgedBatch): void {
  const { id, input } = parseSeriesLine(line);
  const { detections, forecasts } = detectSeries(input, task.options);
  const found = detections.map(({ date, kind, score, expected, lower, upper, impact }) => ({
    date,
    kind,
    score: round(score),
    expected: round(expected),
    lower: round(lower),
    upper: round(upper),
    impact: round(impact),
  }));
  judged.output += `${JSON.stringify({ id, detections: found })}\n`;
  if (!task.withForecasts) return;
  const days = forecasts.map(({ date, expected, lower, upper }) => ({
    date,
    expected: round(expected),
    lo: round(lower),
    hi: round(upper),
  }));
  judged.forecastOutput += `${JSON.stringify({ id, days })}\n`;
}

/** Statistics have no more than nine digits to say. */
function round(value: number): number {
  return Number(value.toPrecision(9));
}
