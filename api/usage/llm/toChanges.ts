import { money, subtractMoney } from '../../../core/money/money.ts';
import { percentChange } from '../../../core/money/percentChange.ts';
import type { WeekChange } from '../../../db/queries/llm/spend/readWeekChanges.ts';
import type { LabelOf } from './readLabels.ts';

/** What moved from one week to the next, with the change in USD and in percent. */
export function toChanges(moved: readonly WeekChange[], labelOf: LabelOf) {
  return moved.map(({ key, week, weekBefore }) => ({
    key: key === '' ? null : key,
    label: labelOf(key),
    week,
    weekBefore,
    change: subtractMoney(money(week, 'USD'), money(weekBefore, 'USD')).amount,
    changePercent: percentChange(weekBefore, week),
  }));
}
