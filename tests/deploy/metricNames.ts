import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { projectRoot } from '../../cli/launch/projectRoot.ts';

const folder = join(projectRoot, 'charts', 'costguard', 'files');
const read = (file: string) => readFileSync(join(folder, file), 'utf8');

const Alerts = z.object({
  groups: z.array(
    z.object({
      rules: z.array(
        z.object({
          alert: z.string(),
          expr: z.string(),
          for: z.string().optional(),
          labels: z.object({ severity: z.enum(['critical', 'warning', 'info']) }),
          annotations: z.object({
            summary: z.string(),
            description: z.string(),
            runbook: z.string(),
          }),
        }),
      ),
    }),
  ),
});
const Dashboard = z.object({
  panels: z.array(
    z.object({
      id: z.number(),
      title: z.string(),
      gridPos: z.object({ x: z.number(), y: z.number(), w: z.number(), h: z.number() }),
      // A row has none.
      targets: z.array(z.object({ expr: z.string() })).default([]),
    }),
  ),
});

/** The alerting rules that are shipped. */
export const readAlerts = () =>
  Alerts.parse(parse(read('alerts.yaml'))).groups.flatMap(({ rules }) => rules);

/** The panels of the dashboard that is shipped. */
export const readPanels = () => Dashboard.parse(JSON.parse(read('dashboard.json'))).panels;

/** Every metric that an alert or a panel asks for, as a scrape names it: that of a histogram without `_bucket`, `_sum`, `_count`. */
export function namedMetrics(): string[] {
  const expressions = [
    ...readAlerts().map(({ expr }) => expr),
    ...readPanels().flatMap(({ targets }) => targets.map(({ expr }) => expr)),
  ];
  const names = expressions.flatMap(
    (expr) => expr.match(/\b(?:costguard|temporal|http|process)_[a-z_]+/g) ?? [],
  );
  return [...new Set(names.map((name) => name.replace(/_(bucket|sum|count)$/, '')))].sort();
}
