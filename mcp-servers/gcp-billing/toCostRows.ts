import { z } from 'zod';
import { gcpServiceCategory } from '../../core/focus/gcpServiceCategory.ts';
import type { CostRow } from '../../core/mcp/costRow.ts';
import { findTagKey } from '../../core/mcp/dimension.ts';
import { sumDecimals } from '../../core/money/money.ts';
import { parseAnswer } from '../kit/answerInvalid.ts';
import type { CostQuestion } from '../kit/costs/costSource.ts';
import { pinnedColumns } from '../kit/costs/pinnedColumns.ts';
import { providerText } from '../kit/providerText.ts';
import { findGcpDimension } from './dimensions.ts';
import type { CostCell } from './fromQueryRows.ts';
import { columnOf, type CostQuery } from './toCostQuery.ts';

/** Rows and the names of those of their columns that follow from others. */
export interface CostRows {
  rows: CostRow[];
  derivedColumns: string[];
}

/** FOCUS `ProviderName` of every row. */
export const PROVIDER = 'Google Cloud';

const DERIVED = [
  'SubAccountName',
  'ServiceName',
  'ServiceCategory',
  'RegionId',
  'SkuId',
  'SkuMeter',
];

/**
 * FOCUS rows of the cells that the query gave. Cells that fall into one row are added up exactly. What a SKU, a service or
 * a project tells besides is filled in.
 *
 * @param pricingCategory FOCUS `PricingCategory` of a SKU; used where it is grouped by
 */
export function toCostRows(
  cells: readonly CostCell[],
  question: Pick<CostQuestion, 'groupBy' | 'filter' | 'byResource'>,
  { metrics, tags }: Pick<CostQuery, 'metrics' | 'tags'>,
  pricingCategory: (skuId: string | null) => string | null,
): CostRows {
  const pinned = pinnedColumns(
    question.filter,
    (dimension) => findGcpDimension(dimension)?.filterSql !== undefined,
  );
  const groupBy = question.byResource === true ? ['ResourceId'] : question.groupBy;
  const rows = new Map<string, { row: CostRow; cells: CostCell[] }>();
  for (const cell of cells) {
    const unit = cell.values[columnOf('unit')];
    const row: CostRow = {
      ChargePeriodStart: cell.start,
      ChargePeriodEnd: cell.end,
      ProviderName: PROVIDER,
      BillingCurrency: cell.currency,
      ...(metrics.includes('ConsumedQuantity') ? { ConsumedUnit: unit ?? null } : {}),
      ...withCategory({ ...pinned, ...columnsOf(cell, groupBy, tags, pricingCategory) }),
      ...(question.byResource === true ? resourceColumns(cell) : {}),
    };
    const key = JSON.stringify(row);
    const known = rows.get(key);
    if (known) known.cells.push(cell);
    else rows.set(key, { row, cells: [cell] });
  }
  const known = new Set([...groupBy, ...Object.keys(pinned)]);
  const [first] = rows.values();
  return {
    rows: [...rows.values()].map((group) => ({
      ...group.row,
      ...Object.fromEntries(
        metrics.map((metric) => [
          metric,
          sumDecimals(group.cells.map(({ amounts }) => amounts[metric])),
        ]),
      ),
    })),
    derivedColumns: DERIVED.filter((column) => first && column in first.row && !known.has(column)),
  };
}

type Columns = Partial<CostRow>;

function columnsOf(
  { values }: CostCell,
  groupBy: readonly string[],
  tags: CostQuery['tags'],
  pricingCategory: (skuId: string | null) => string | null,
): Columns {
  const read = (key: Parameters<typeof columnOf>[0]): string | null =>
    values[columnOf(key)] ?? null;
  const columns: Columns = {};
  for (const dimension of groupBy) Object.assign(columns, COLUMNS[dimension]?.(read) ?? {});
  if (groupBy.includes('PricingCategory')) columns.PricingCategory = pricingCategory(read('sku'));
  for (const [column, dimension] of Object.entries(tags)) {
    const key = findTagKey(dimension) ?? '';
    columns.Tags = { ...columns.Tags, [key]: values[column] ?? null };
  }
  return columns;
}

type Read = (key: Parameters<typeof columnOf>[0]) => string | null;

const sku = (read: Read): Columns => ({
  SkuId: read('sku'),
  SkuMeter: read('meter'),
  ServiceName: read('service'),
});

/** The columns that a grouped dimension gives. */
const COLUMNS: Readonly<Record<string, (read: Read) => Columns>> = {
  ServiceName: (read) => ({ ServiceName: read('service') }),
  // The category is what is asked for, so the service that it is read from stays inside.
  ServiceCategory: (read) => ({ ServiceCategory: categoryOf(read('service')) }),
  RegionId: (read) => ({ RegionId: read('region') }),
  SubAccountId: (read) => ({ SubAccountId: read('project'), SubAccountName: read('projectName') }),
  ResourceId: (read) => ({ ResourceId: read('resource') }),
  ChargeCategory: (read) => ({ ChargeCategory: read('charge') }),
  SkuId: sku,
  SkuMeter: (read) => ({ SkuMeter: read('meter') }),
  x_SkuRegion: (read) => ({
    ...sku(read),
    RegionId: read('region'),
    x_SkuRegion: read('sku') === null ? null : `${read('sku')}/${read('region') ?? ''}`,
  }),
  x_InvoiceMonth: (read) => ({ x_InvoiceMonth: read('invoice') }),
};

const categoryOf = (service: string | null): string | null =>
  service === null ? null : gcpServiceCategory(service);

function withCategory(columns: Columns): Columns {
  if (columns.ServiceName == null) return columns;
  return { ServiceCategory: gcpServiceCategory(columns.ServiceName), ...columns };
}

/** What the detailed export says of a resource. The type is read from its full name, `//SERVICE/…/COLLECTION/NAME`. */
function resourceColumns({ values }: CostCell): Columns {
  const id = values[columnOf('resource')] ?? '';
  const [, service, collection] = /^\/\/([^/]+)\/(?:.*\/)?([^/]+)\/[^/]+$/.exec(id) ?? [];
  return {
    ResourceName: values[columnOf('resourceName')] ?? null,
    ResourceType: service === undefined ? null : `${service}/${collection}`,
    Tags: toTags(values[columnOf('labels')] ?? '[]'),
  };
}

const Labels = z
  .string()
  .transform((json) => JSON.parse(json) as unknown)
  .pipe(
    z.array(
      z.object({
        key: z.string().transform(providerText),
        value: z
          .string()
          .nullable()
          .transform((value) => (value === null ? null : providerText(value))),
      }),
    ),
  );

function toTags(json: string): Record<string, string | null> {
  const labels = parseAnswer(Labels, json, 'The billing export has labels in another form.');
  return Object.fromEntries(labels.map(({ key, value }) => [key, value]));
}
