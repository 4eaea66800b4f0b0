import { expect, test } from 'vitest';
import { toExportTable, toTableRef } from './exportTable.ts';

test.each([
  ['shop.billing.export', { projectId: 'shop', datasetId: 'billing', tableId: 'export' }],
  [
    'example.com:shop.billing.export',
    { projectId: 'example.com:shop', datasetId: 'billing', tableId: 'export' },
  ],
])('%s names project, dataset and table', (name, expected) => {
  expect(toTableRef(name)).toEqual(expected);
});

test('a table that is not named is a refusal that says how to name it', () => {
  expect(() => toTableRef(undefined)).toThrow(/set GCP_BILLING_TABLE/);
});

const columns = (...more: string[]) =>
  ['service', 'sku', 'usage_start_time', 'project', 'cost', 'currency', 'credits', ...more].map(
    (name) => ({ name }),
  );
const ref = { projectId: 'p', datasetId: 'd', tableId: 't' };

test('the kind of an export follows from its columns and partitions', () => {
  const schema = { fields: columns('resource', 'cost_at_list') };
  expect(toExportTable(ref, { schema, timePartitioning: {} })).toMatchObject({
    hasResources: true,
    hasListCost: true,
    byLoadDay: true,
  });
  expect(toExportTable(ref, { schema: { fields: columns() } })).toMatchObject({
    hasResources: false,
    hasListCost: false,
    byLoadDay: false,
  });
  const byColumn = { schema, timePartitioning: { field: 'usage_start_time' } };
  expect(toExportTable(ref, byColumn).byLoadDay).toBe(false);
});
