import { jsonArrayFrom } from 'kysely/helpers/postgres';
import type { Anomaly } from '../../../core/contracts/anomaly.ts';
import { toDecimalString } from '../../../core/money/money.ts';
import type { Database } from '../../connect.ts';

/** The columns of an anomaly with its connection, drivers and actions. */
export function selectAnomalies(db: Database) {
  return db
    .selectFrom('anomalies as a')
    .innerJoin('connections as c', 'c.id', 'a.connection_id')
    .selectAll('a')
    .select(['c.provider', 'c.name as connection_name'])
    .select((eb) => [
      jsonArrayFrom(
        eb
          .selectFrom('anomaly_drivers as d')
          .select((db2) => [
            'd.dimension',
            'd.value',
            // As text: jsonb would turn an exact decimal into a JavaScript number.
            db2.cast<string>('d.expected', 'text').as('expected'),
            db2.cast<string>('d.actual', 'text').as('actual'),
            'd.share',
            'd.is_remainder',
          ])
          .whereRef('d.anomaly_id', '=', 'a.id')
          .orderBy('d.position'),
      ).as('drivers'),
      jsonArrayFrom(
        eb
          .selectFrom('anomaly_series as s')
          .select((db2) => [
            's.sub_account_id',
            's.service_name',
            's.region_id',
            's.sku_meter',
            's.kind',
            's.first_seen_on',
            's.last_seen_on',
            db2.cast<string>('s.actual', 'text').as('actual'),
            db2.cast<string>('s.expected', 'text').as('expected'),
            db2.cast<string>('s.impact', 'text').as('impact'),
            's.share',
          ])
          .whereRef('s.anomaly_id', '=', 'a.id')
          .orderBy('s.position'),
      ).as('series'),
      jsonArrayFrom(
        eb
          .selectFrom('actions as t')
          .select('t.id')
          .whereRef('t.anomaly_id', '=', 'a.id')
          .orderBy('t.created_at'),
      ).as('actions'),
    ]);
}

type AnomalyRow = Awaited<
  ReturnType<ReturnType<typeof selectAnomalies>['executeTakeFirstOrThrow']>
>;

/** An anomaly as the API shows it. */
export function fromAnomalyRow(row: AnomalyRow): Anomaly {
  return {
    id: row.id,
    fingerprint: row.fingerprint,
    provider: row.provider as Anomaly['provider'],
    connectionId: row.connection_id,
    connectionName: row.connection_name,
    subAccountId: row.sub_account_id,
    serviceName: row.service_name,
    regionId: row.region_id,
    kind: row.kind as Anomaly['kind'],
    severity: row.severity as Anomaly['severity'],
    status: row.status as Anomaly['status'],
    statusReason: row.status_reason,
    statusBy: row.status_by,
    startedOn: row.started_on,
    lastSeenOn: row.last_seen_on,
    actual: toDecimalString(row.actual),
    expected: toDecimalString(row.expected),
    lower: toDecimalString(row.lower),
    upper: toDecimalString(row.upper),
    impact: toDecimalString(row.impact),
    currency: row.currency,
    score: row.score,
    explanation: row.explanation,
    drivers: row.drivers.map((driver) => ({
      dimension: driver.dimension as Anomaly['drivers'][number]['dimension'],
      value: driver.value,
      expected: toDecimalString(driver.expected),
      actual: toDecimalString(driver.actual),
      share: driver.share,
      isRemainder: driver.is_remainder,
    })),
    series: row.series.map((part) => ({
      subAccountId: part.sub_account_id,
      serviceName: part.service_name,
      regionId: part.region_id,
      skuMeter: part.sku_meter,
      kind: part.kind as Anomaly['series'][number]['kind'],
      firstSeenOn: part.first_seen_on,
      lastSeenOn: part.last_seen_on,
      actual: toDecimalString(part.actual),
      expected: toDecimalString(part.expected),
      impact: toDecimalString(part.impact),
      share: part.share,
    })),
    owners: row.owners,
    attribution: row.attribution as Anomaly['attribution'],
    llm: row.llm as Anomaly['llm'],
    actionIds: row.actions.map((action) => action.id),
    createdAt: row.created_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
  };
}
