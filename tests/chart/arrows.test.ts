import { beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { partOf, podOf, renderChart, type Rendered, VALUE_SETS } from './renderChart.ts';

/** Who calls whom, and what besides: docs/architecture.md. Ports are those of the Dockerfile. */
const ARROWS: Record<string, string[]> = {
  dashboard: ['api:8000'],
  api: [
    'aws-cost-server:8601',
    'azure-cost-server:8603',
    'database',
    'gcp-billing-server:8602',
    'identity',
    'llm-tracker-server:8604',
    'public:443',
    'temporal',
  ],
  'detective-worker': [
    'api:8000',
    'aws-cost-server:8601',
    'azure-cost-server:8603',
    'database',
    'gcp-billing-server:8602',
    'llm-tracker-server:8604',
    'public:443',
    'public:465',
    'public:587',
    'temporal',
  ],
  'llm-worker': ['api:8000', 'database', 'llm-tracker-server:8604', 'temporal'],
  'action-worker': ['api:8000', 'database', 'identity', 'public:443', 'temporal'],
  'backup-worker': ['database', 'identity', 'public:443', 'temporal'],
  'aws-cost-server': ['api:8000', 'identity', 'public:443'],
  'gcp-billing-server': ['api:8000', 'identity', 'public:443'],
  'azure-cost-server': ['api:8000', 'identity', 'public:443'],
  'llm-tracker-server': ['api:8000', 'public:443'],
  'costguard-server': ['api:8000'],
  restore: ['database', 'identity', 'public:443'],
  test: ['api:8000'],
};

const Labels = z.object({ matchLabels: z.record(z.string(), z.string()).default({}) });
const Rule = z.object({
  from: z.array(z.looseObject({ podSelector: Labels.optional() })).default([]),
  to: z
    .array(
      z.object({
        podSelector: Labels.optional(),
        namespaceSelector: Labels.optional(),
        ipBlock: z.object({ cidr: z.string(), except: z.string().array().default([]) }).optional(),
      }),
    )
    .default([]),
  ports: z.array(z.object({ port: z.number() })),
});
const Policy = z.object({
  podSelector: Labels,
  policyTypes: z.string().array(),
  ingress: Rule.array().default([]),
  egress: Rule.array().default([]),
});

const COMPONENT = 'app.kubernetes.io/component';
const bySet = new Map<string, Rendered[]>();
beforeAll(async () => {
  for (const set of VALUE_SETS) bySet.set(set, await renderChart(set));
});
const policiesOf = (set: string) =>
  (bySet.get(set) ?? [])
    .filter(({ kind }) => kind === 'NetworkPolicy')
    .map((object) => ({ name: partOf(object), policy: Policy.parse(object.spec) }));

/** What a rule lets out to, in the words of ARROWS; what the operator added is left out. */
function placesOf({ ports, to }: z.infer<typeof Rule>, databasePort: number): string[] {
  const [peer] = to;
  const [{ port } = { port: 0 }] = ports;
  const component = peer?.podSelector?.matchLabels[COMPONENT];
  if (component !== undefined) return [`${component}:${port}`];
  if (port === 53) return [];
  if (peer?.ipBlock?.cidr === '0.0.0.0/0' && peer.ipBlock.except.includes('10.0.0.0/8'))
    return ports.map((one) => `public:${one.port}`);
  if (peer?.ipBlock?.cidr === '169.254.169.254/32') return ['identity'];
  if (port === databasePort) return ['database'];
  if (port === 7233) return ['temporal'];
  return port === 25 ? [] : [`anything:${port}`];
}

describe.each(VALUE_SETS)('%s', (set) => {
  const databasePort = set === 'external' ? 6432 : 5432;

  test('each part may call what the architecture says, and nothing else', () => {
    const policies = policiesOf(set);
    const installed = [
      ...new Set((bySet.get(set) ?? []).filter((one) => podOf(one) !== undefined).map(partOf)),
    ];
    for (const part of [...installed, 'test']) {
      if (part === 'preparation') continue;
      const found = policies.find(
        ({ name, policy }) => name === part || policy.podSelector.matchLabels[COMPONENT] === part,
      );
      const places = found?.policy.egress.flatMap((rule) => placesOf(rule, databasePort)).sort();
      const expected = ARROWS[part]?.filter((place) => {
        const [called = ''] = place.split(':');
        return !(called in ARROWS) || installed.includes(called);
      });
      expect(places, part).toEqual(expected);
    }
  });

  test('whoever may call a part is let in by it, and nobody else inside the release is', () => {
    const policies = policiesOf(set);
    const arrows = (direction: 'egress' | 'ingress') =>
      policies
        .flatMap(({ policy }) => {
          const own = policy.podSelector.matchLabels[COMPONENT] ?? '';
          return policy[direction].flatMap(({ from, ports, to }) =>
            [...from, ...to].flatMap(({ podSelector }) => {
              const other = podSelector?.matchLabels[COMPONENT];
              // Postgres' own pods are no part.
              if (other === undefined || own === '') return [];
              const [caller, called] = direction === 'egress' ? [own, other] : [other, own];
              return ports.map(({ port }) => `${caller} -> ${called}:${port}`);
            }),
          );
        })
        .sort();
    expect(arrows('ingress').length).toBeGreaterThan(10);
    expect(arrows('ingress')).toEqual(arrows('egress'));
  });

  test('what no policy names is denied', () => {
    const everything = policiesOf(set).find(
      ({ policy }) =>
        !(COMPONENT in policy.podSelector.matchLabels) &&
        policy.egress.length === 0 &&
        policy.ingress.length === 0,
    );
    expect(everything?.policy).toMatchObject({
      podSelector: { matchLabels: { 'app.kubernetes.io/name': 'costguard' } },
      policyTypes: ['Ingress', 'Egress'],
    });
  });
});
