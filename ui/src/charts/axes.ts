import type uPlot from 'uplot';
import { formatMoneyShort } from '../format/money';
import { themeColor } from './loadPlot';

/** Time below, money on the left, in the colours of the theme. */
export function moneyAxes(element: HTMLElement, currency: string): uPlot.Axis[] {
  const stroke = themeColor(element, '--muted');
  const grid = { stroke: themeColor(element, '--line'), width: 1 };
  return [
    { stroke, grid: { show: false }, ticks: { show: false } },
    {
      stroke,
      grid,
      ticks: { show: false },
      size: 60,
      values: (_chart, ticks) => ticks.map((tick) => formatMoneyShort(tick, currency)),
    },
  ];
}

/** The seconds of a UTC day, as uPlot counts time. */
export const daySeconds = (day: string): number => Date.parse(`${day}T00:00:00Z`) / 1000;
