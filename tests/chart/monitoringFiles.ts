import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../../cli/launch/projectRoot.ts';

/** What watches CostGuard, as the chart ships it. */
export interface MonitoringFiles {
  /** The alert rules, YAML. */
  alerts: string;
  /** Grafana's dashboard, JSON. */
  dashboard: string;
  /** Names of the metrics that either asks for: ours, Temporal's, the API's. */
  metrics: string[];
}

/** Reads the chart's alert rules and dashboard. */
export function monitoringFiles(): MonitoringFiles {
  const read = (file: string) =>
    readFileSync(join(projectRoot, 'charts', 'costguard', 'files', file), 'utf8');
  const [alerts, dashboard] = [read('alerts.yaml'), read('dashboard.json')];
  const names = (alerts + dashboard).match(/\b(?:costguard|temporal|http|process)_\w+/g) ?? [];
  return { alerts, dashboard, metrics: [...new Set<string>(names)] };
}
