import type uPlot from 'uplot';
import { themeColor } from './loadPlot';

/** Something that happened on a day of a chart. */
export interface Mark {
  id: string;
  kind: 'anomaly' | 'action';
  /** As the chart's times name it. */
  day: string;
  label: string;
}

const COLORS = { anomaly: '--danger', action: '--info' } as const;
const SIZE = 5;

/** Draws a flag above the day of each mark, findings and actions in colours of their own, once the bars are there. */
export function drawMarks(
  element: HTMLElement,
  times: readonly string[],
  marks: readonly Mark[],
): (chart: uPlot) => void {
  const placed = marks.flatMap(({ day, kind }) => {
    const place = times.indexOf(day);
    return place === -1 ? [] : [{ place, kind }];
  });
  const colors = {
    anomaly: themeColor(element, COLORS.anomaly),
    action: themeColor(element, COLORS.action),
  };
  return (chart) => {
    const { ctx, bbox, data } = chart;
    ctx.save();
    for (const { place, kind } of placed) {
      const time = data[0][place];
      if (time === undefined) continue;
      const x = chart.valToPos(time, 'x', true);
      if (x < bbox.left || x > bbox.left + bbox.width) continue;
      const size = SIZE * devicePixelRatio;
      ctx.fillStyle = ctx.strokeStyle = colors[kind];
      ctx.lineWidth = devicePixelRatio;
      ctx.setLineDash([2 * devicePixelRatio, 3 * devicePixelRatio]);
      ctx.beginPath();
      ctx.moveTo(x, bbox.top + size);
      ctx.lineTo(x, bbox.top + bbox.height);
      ctx.stroke();
      ctx.beginPath();
      ctx.moveTo(x - size, bbox.top);
      ctx.lineTo(x + size, bbox.top);
      ctx.lineTo(x, bbox.top + 1.6 * size);
      ctx.fill();
    }
    ctx.restore();
  };
}
