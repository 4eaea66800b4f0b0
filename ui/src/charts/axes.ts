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

/** The seconds of a UTC day or instant, as uPlot counts time. */
export const toSeconds = (time: string): number => Date.parse(time) / 1000;

/** Half the length of a point, in seconds. */
export const HALF_SECONDS = { minute: 30, hour: 1800, day: 43_200 } as const;
