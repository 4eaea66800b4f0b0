import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { projectRoot } from '../../cli/launch/projectRoot.ts';
import { namedMetrics, readAlerts, readPanels } from './metricNames.ts';

const guide = readFileSync(join(projectRoot, 'docs', 'operations.md'), 'utf8');

test('every alert says what to do, in a chapter of its own', () => {
  const alerts = readAlerts();
  expect(alerts.length).toBeGreaterThan(5);
  for (const { alert, annotations } of alerts) {
    expect(annotations.runbook).toBe(`docs/operations.md#${alert.toLowerCase()}`);
    expect(guide).toContain(`\n#### ${alert}\n`);
  }
});

test('every metric of ours that they ask for is told of in the guide', () => {
  const own = namedMetrics().filter((name) => name.startsWith('costguard_'));
  expect(own.length).toBeGreaterThan(10);
  for (const name of own) expect(guide, name).toContain(`\`${name}`);
});

test('no two panels of the dashboard lie on one another', () => {
  const taken = readPanels().flatMap(({ gridPos: { h, w, x, y }, title }) => {
    expect(x + w, title).toBeLessThanOrEqual(24);
    return Array.from({ length: w * h }, (_, i) => `${x + (i % w)},${y + Math.floor(i / w)}`);
  });
  expect(new Set(taken).size).toBe(taken.length);
});
