import type { QuietReason } from './quietReason.ts';
import type { DayForecast, Detection, DetectionKind } from './series.ts';

const WHY: Record<DetectionKind, string> = {
  spike: 'far above what the same weekday, trend and time of month give',
  level_shift: 'the cost has moved to a lastingly higher level',
  drift: 'the cost has been creeping up for weeks, too slowly for any single day to stand out',
  drop: 'far below what the same weekday, trend and time of month give',
  new_service: 'nothing was charged before',
};

/**
 * One sentence in plain English that says what was seen, against what, and why it is or is not a finding. Amounts are in
 * the series' currency, which the caller names.
 */
export function explainDetection(
  forecast: DayForecast,
  detection: Detection | undefined,
  since?: string,
  quiet?: QuietReason,
): string {
  if (detection === undefined) {
    return `Nothing unusual on ${forecast.date}: about ${amount(forecast.expected)} was expected, between ${amount(forecast.lower)} and ${amount(forecast.upper)}.`;
  }
  const { kind, actual, expected, impact, score, date } = detection;
  const share = expected > 0 ? ` (${percent(impact / expected)})` : '';
  const direction = impact < 0 ? 'less' : 'more';
  const start = since !== undefined && since < date ? ` since ${since}` : '';
  const surprise =
    kind === 'new_service' ? '' : `, ${Math.abs(score).toFixed(1)} times its usual error`;
  const hushed =
    quiet === undefined
      ? ''
      : quiet === 'planned'
        ? '; a planned change covers it'
        : '; such days were marked as expected';
  return `${amount(actual)} on ${date} is ${amount(Math.abs(impact))} ${direction} than the expected ${amount(expected)}${share}${surprise}: ${WHY[kind]}${start}${hushed}.`;
}

function amount(value: number): string {
  return value.toFixed(2);
}

function percent(ratio: number): string {
  const value = Math.round(ratio * 100);
  return `${value > 0 ? '+' : ''}${value}%`;
}
