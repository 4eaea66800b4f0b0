import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { CHART, renderText } from './renderChart.ts';

interface Schema {
  description?: string | undefined;
  type?: string | undefined;
  $ref?: string | undefined;
  properties?: Record<string, Schema> | undefined;
  additionalProperties?: unknown;
  $defs?: Record<string, Schema> | undefined;
}
const Schema: z.ZodType<Schema> = z.lazy(() =>
  z.looseObject({
    description: z.string().optional(),
    type: z.string().optional(),
    $ref: z.string().optional(),
    properties: z.record(z.string(), Schema).optional(),
    additionalProperties: z.unknown().optional(),
    $defs: z.record(z.string(), Schema).optional(),
  }),
);

const read = (file: string) => readFileSync(join(CHART, file), 'utf8');
const schema = Schema.parse(JSON.parse(read('values.schema.json')));
const values: unknown = parse(read('values.yaml'));

/** Every value of the schema with its path; what a `$ref` leads to stands in its place. */
function walk(node: Schema, path: string[] = []): [path: string, node: Schema][] {
  const found = node.$ref === undefined ? node : schema.$defs?.[node.$ref.split('/').at(-1) ?? ''];
  if (found === undefined) throw new Error(`${path.join('.')}: ${node.$ref ?? ''} leads nowhere`);
  const inner = Object.entries(found.properties ?? {});
  return [
    ...(path.length === 0 ? [] : [[path.join('.'), found] as [string, Schema]]),
    ...inner.flatMap(([name, one]) => walk(one, [...path, name])),
  ];
}

test('every value is described, and no other is taken', () => {
  const all = walk(schema);
  expect(all.length).toBeGreaterThan(150);
  for (const [path, node] of all) {
    expect(node.description, path).toMatch(/^\p{Lu}.*\.$/u);
    if (node.properties !== undefined) expect(node.additionalProperties, path).toBe(false);
  }
});

test('values.yaml holds every value of the schema, in its place, and nothing else', () => {
  const Tree = z.record(z.string(), z.unknown());
  const paths = (tree: unknown, path: string[] = []): string[] => {
    const found = Tree.safeParse(tree).data ?? {};
    return Object.entries(found).flatMap(([name, inner]) => [
      [...path, name].join('.'),
      ...paths(inner, [...path, name]),
    ]);
  };
  const given = paths(values);
  const described = walk(schema).map(([path]) => path);
  // Helm adds `global`; the variables of a secret have no value to begin with.
  const missing = described.filter((path) => !given.includes(path));
  expect(missing.filter((path) => !/^global$|^secrets\.[^.]+\.values\./.test(path))).toEqual([]);
  // Free maps end in names of their own.
  const unknown = given.filter((path) => !described.includes(path));
  const isFree = (path: string) =>
    /\.resources\.|^networkPolicies\.|^postgres\.parameters\.|\.dashboard\.labels\./.test(path);
  expect(unknown.filter((path) => !isFree(path))).toEqual([]);
});

test.each([
  ['a value that does not exist', ['replicas=3'], 'replicas'],
  ['a number that is none', ['parts.api.replicas=many'], 'replicas'],
  ['a secret among the settings', ['settings.OPENAI_ADMIN_KEY=sk-1'], 'OPENAI_ADMIN_KEY'],
  ['another part’s secret', ['secrets.kek.values.DATABASE_URL=x'], 'DATABASE_URL'],
  ['an address with a path', ['publicUrls.api=https://x.example.com/api'], 'publicUrls'],
])('%s is refused', async (_what, set, named) => {
  const more = set.map((one) => `--set-string=${one}`);
  await expect(renderText('smallest', more)).rejects.toThrow(named);
});

test.each([
  ['temporal.address=', 'temporal.address'],
  ['publicUrls.dashboard=', 'publicUrls.dashboard'],
  ['secrets.database.values=null', 'secrets.database'],
  ['secrets.kek.values=null', 'secrets.kek'],
  ['kek.provider=aws-kms', 'kek.key'],
  ['publicUrls.mcp=http://localhost:8501/mcp,ingress.enabled=true', 'publicUrls.mcp'],
])('what is missing or cannot be is named: %s', async (set, named) => {
  await expect(renderText('smallest', [`--set=${set}`])).rejects.toThrow(named);
});

test('two instances in one namespace share nothing', async () => {
  const names = async (release: string) => {
    const text = await renderText('smallest', [], release);
    return [...text.matchAll(/^kind: (\w+)\nmetadata:\n {2}name: (\S+)/gm)].map(
      ([, kind = '', name = '']) => `${kind}/${name}`,
    );
  };
  const [first, second] = [await names('costguard'), await names('other')];
  expect(first.length).toBeGreaterThan(50);
  expect(first.filter((name) => second.includes(name))).toEqual([]);
});
