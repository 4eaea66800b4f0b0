import type uPlot from 'uplot';

/** Loads the chart library when the first chart is shown, not before. */
export async function loadPlot(): Promise<typeof uPlot> {
  const [{ default: Plot }] = await Promise.all([
    import('uplot'),
    import('uplot/dist/uPlot.min.css'),
  ]);
  return Plot;
}

/** The colours of series, readable on light and dark; after the last they begin again. */
export const COLORS = [
  '#0f9d8f',
  '#3b82f6',
  '#d97706',
  '#a855f7',
  '#dc4c64',
  '#65a30d',
  '#0891b2',
  '#c026d3',
  '#a16207',
  '#6366f1',
  '#059669',
  '#e11d48',
  '#64748b',
];

/** A colour of the current theme. */
export const themeColor = (element: Element, name: string): string => {
  // light-dark() is resolved only in a real property, not in a custom one.
  const probe = document.createElement('span');
  probe.style.color = `var(${name})`;
  element.append(probe);
  const color = getComputedStyle(probe).color;
  probe.remove();
  return color;
};
