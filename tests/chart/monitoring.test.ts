import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { ActionStatus } from '../../core/contracts/action.ts';
import { projectRoot } from '../../cli/launch/projectRoot.ts';
import { CHART, renderChart } from './renderChart.ts';
import { monitoringFiles } from './monitoringFiles.ts';

const { alerts, dashboard, metrics } = monitoringFiles();

test('every metric of ours in the alerts and the dashboard is one that docs/operations.md tells of, with its labels', () => {
  const docs = readFileSync(join(projectRoot, 'docs', 'operations.md'), 'utf8');
  const documented = new Map(
    [...docs.matchAll(/`(costguard_\w+)(?:\{([\w,]+)\})?`/g)].map(([, name = '', labels = '']) => [
      name,
      labels.split(','),
    ]),
  );
  const used = [...(alerts + dashboard).matchAll(/(costguard_\w+)\{([^}]*)\}/g)];
  expect(used.length).toBeGreaterThan(10);
  for (const [, name = '', matchers = ''] of used) {
    const labels = [...matchers.matchAll(/(\w+)=~?\\?"/g)].map(([, label = '']) => label);
    expect(['namespace', ...(documented.get(name) ?? [])], name).toEqual(
      expect.arrayContaining(labels),
    );
  }
  expect([...documented.keys()]).toEqual(
    expect.arrayContaining(metrics.filter((name) => name.startsWith('costguard_'))),
  );
  for (const [, status] of alerts.matchAll(/costguard_action\w+\{[^}]*status="(\w+)"/g))
    expect(ActionStatus.options).toContain(status);
});

test('the API offers what is asked of it', () => {
  const source = readFileSync(join(projectRoot, 'api', 'system', 'metrics.ts'), 'utf8');
  const asked = metrics.filter((name) => name.startsWith('http_'));
  expect(asked.length).toBeGreaterThan(1);
  for (const name of asked) expect(source).toContain(name.replace(/_(count|bucket)$/, ''));
});

test('each alert says what has happened and what to do', () => {
  const Alert = z.object({
    alert: z.string().regex(/^CostGuard[A-Z]\w+$/),
    expr: z.string(),
    labels: z.object({ severity: z.enum(['info', 'warning', 'critical']) }),
    annotations: z.object({ summary: z.string(), description: z.string().endsWith('.') }),
  });
  const File = z.object({ groups: z.array(z.object({ rules: Alert.array() })) });
  const rules = File.parse(parse(alerts)).groups.flatMap((group) => group.rules);
  expect(new Set(rules.map(({ alert }) => alert)).size).toBe(rules.length);
});

test('the dashboard’s panels lie side by side, and none over another', () => {
  const Panel = z.object({
    id: z.number(),
    title: z.string(),
    gridPos: z.object({ x: z.number(), y: z.number(), w: z.number(), h: z.number() }),
  });
  const { panels } = z.object({ panels: Panel.array() }).parse(JSON.parse(dashboard));
  expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
  const cells = panels.flatMap(({ gridPos: { x, y, w, h } }) =>
    Array.from({ length: w * h }, (_, cell) => `${x + (cell % w)},${y + Math.floor(cell / w)}`),
  );
  expect(new Set(cells).size).toBe(cells.length);
});

test('the alerts are about this release only, and the dashboard arrives whole', async () => {
  const objects = await renderChart('everything');
  const rule = objects.find(({ kind }) => kind === 'PrometheusRule');
  const text = JSON.stringify(rule?.spec);
  expect(text).not.toMatch(/RELEASE_NAMESPACE|"JOB"/);
  expect(text).toContain('job=\\"cg-api\\"');
  expect(text).toContain('namespace=\\"finops\\"');
  const config = objects.find(({ metadata }) => metadata.name === 'cg-dashboard-grafana');
  expect(JSON.parse(config?.data?.['costguard.json'] ?? '')).toEqual(
    JSON.parse(readFileSync(join(CHART, 'files', 'dashboard.json'), 'utf8')),
  );
});
