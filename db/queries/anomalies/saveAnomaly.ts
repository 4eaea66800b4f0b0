import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { anomalyFingerprint } from '../../../core/anomalyFingerprint.ts';
import type { Anomaly, AnomalyCreate } from '../../../core/contracts/anomaly.ts';
import { CostGuardError } from '../../../core/errors.ts';
import type { Database } from '../../connect.ts';
import { findAnomaly } from './findAnomaly.ts';

/**
 * Stores a report, or brings the finding with the same fingerprint up to date: it grows from day to day and never goes
 * back to an earlier day. A person's judgement of it stays. `before` is the finding as it was.
 *
 * @throws CostGuardError `connection_not_found`
 */
export async function saveAnomaly(
  tx: Database,
  report: AnomalyCreate,
  reportedBy: string,
): Promise<{ anomaly: Anomaly; before: Anomaly | undefined; isNew: boolean }> {
  await assertConnection(tx, report.connectionId);
  const before = await findEarlier(tx, report);
  const row = await upsert(tx, report, reportedBy);
  if (row !== undefined) {
    await replaceDrivers(tx, row.id, report);
    await replaceSeries(tx, row.id, report);
  }
  const id = row?.id ?? (await idOf(tx, report));
  const anomaly = await findAnomaly(tx, id);
  if (anomaly === undefined) throw new TypeError('The anomaly vanished while it was stored.');
  return { anomaly, before, isNew: row?.is_new ?? false };
}

/** The finding as it stands, kept from others until it is stored. */
async function findEarlier(tx: Database, report: AnomalyCreate): Promise<Anomaly | undefined> {
  const row = await tx
    .selectFrom('anomalies')
    .select('id')
    .where('fingerprint', '=', anomalyFingerprint(report))
    .forUpdate()
    .executeTakeFirst();
  return row && findAnomaly(tx, row.id);
}

async function assertConnection(tx: Database, connectionId: string): Promise<void> {
  const connection = await tx
    .selectFrom('connections')
    .select('id')
    .where('id', '=', connectionId)
    .executeTakeFirst();
  if (connection === undefined) {
    throw new CostGuardError(
      'connection_not_found',
      'Create the connection first, or correct connectionId.',
      {
        errors: [{ pointer: '/connectionId', detail: 'names no connection' }],
      },
    );
  }
}

/** The row that was added or changed; undefined where the report says nothing new. */
function upsert(tx: Database, report: AnomalyCreate, reportedBy: string) {
  const growing = growingColumns(report);
  return (
    tx
      .insertInto('anomalies')
      .values({
        id: randomUUID(),
        fingerprint: anomalyFingerprint(report),
        connection_id: report.connectionId,
        sub_account_id: report.subAccountId,
        service_name: report.serviceName,
        region_id: report.regionId,
        started_on: report.startedOn,
        currency: report.currency,
        reported_by: reportedBy,
        status: report.status,
        status_reason: report.statusReason,
        ...growing,
      })
      .onConflict((oc) =>
        oc
          .column('fingerprint')
          .doUpdateSet({
            ...growing,
            status: sql<string>`case when anomalies.status_by is null then excluded.status else anomalies.status end`,
            status_reason: sql<
              string | null
            >`case when anomalies.status_by is null then excluded.status_reason else anomalies.status_reason end`,
            updated_at: new Date(),
          })
          .where((eb) =>
            eb.and([
              eb('anomalies.last_seen_on', '<=', report.lastSeenOn),
              // A report that says nothing new leaves the row, and the time of its last change, as they are.
              sql<boolean>`((${allColumns('anomalies')}) is distinct from (${allColumns('excluded')})
              or (anomalies.status_by is null and (anomalies.status, anomalies.status_reason)
                is distinct from (excluded.status, excluded.status_reason))
              or ${JSON.stringify(driversOf(report))}::jsonb is distinct from (${storedDrivers})
              or ${JSON.stringify(seriesOf(report))}::jsonb is distinct from (${storedSeries}))`,
            ]),
          ),
      )
      // xmax is 0 in a row that this statement inserted rather than updated.
      .returning(['id', sql<boolean>`xmax = 0`.as('is_new')])
      .executeTakeFirst()
  );
}

const GROWING = [
  'kind',
  'severity',
  'last_seen_on',
  'actual',
  'expected',
  'lower',
  'upper',
  'impact',
  'score',
  'explanation',
  'owners',
  'attribution',
  'llm',
] as const;

const allColumns = (table: string) => sql.join(GROWING.map((name) => sql.ref(`${table}.${name}`)));

const driversOf = (report: AnomalyCreate) =>
  report.drivers.map((driver) => [
    driver.dimension,
    driver.value,
    driver.expected,
    driver.actual,
    driver.share,
    driver.isRemainder,
  ]);

const storedDrivers = sql`select coalesce(
    jsonb_agg(jsonb_build_array(dimension, value, expected::text, actual::text, share, is_remainder) order by position),
    '[]') from anomaly_drivers where anomaly_id = anomalies.id`;

const seriesOf = (report: AnomalyCreate) =>
  report.series.map((part) => [
    part.subAccountId,
    part.serviceName,
    part.regionId,
    part.skuMeter,
    part.kind,
    part.firstSeenOn,
    part.lastSeenOn,
    part.actual,
    part.expected,
    part.impact,
    part.share,
  ]);

const storedSeries = sql`select coalesce(
    jsonb_agg(jsonb_build_array(sub_account_id, service_name, region_id, sku_meter, kind, first_seen_on,
      last_seen_on, actual::text, expected::text, impact::text, share) order by position),
    '[]') from anomaly_series where anomaly_id = anomalies.id`;

function growingColumns(report: AnomalyCreate) {
  return {
    kind: report.kind,
    severity: report.severity,
    last_seen_on: report.lastSeenOn,
    actual: report.actual,
    expected: report.expected,
    lower: report.lower,
    upper: report.upper,
    impact: report.impact,
    score: report.score,
    explanation: report.explanation,
    owners: report.owners,
    attribution: report.attribution === null ? null : JSON.stringify(report.attribution),
    llm: report.llm === null ? null : JSON.stringify(report.llm),
  };
}

async function idOf(tx: Database, report: AnomalyCreate): Promise<string> {
  const row = await tx
    .selectFrom('anomalies')
    .select('id')
    .where('fingerprint', '=', anomalyFingerprint(report))
    .executeTakeFirstOrThrow();
  return row.id;
}

async function replaceDrivers(
  tx: Database,
  anomalyId: string,
  report: AnomalyCreate,
): Promise<void> {
  await tx.deleteFrom('anomaly_drivers').where('anomaly_id', '=', anomalyId).execute();
  if (report.drivers.length === 0) return;
  await tx
    .insertInto('anomaly_drivers')
    .values(
      report.drivers.map(({ isRemainder, ...driver }, position) => ({
        anomaly_id: anomalyId,
        position,
        is_remainder: isRemainder,
        ...driver,
      })),
    )
    .execute();
}

async function replaceSeries(
  tx: Database,
  anomalyId: string,
  report: AnomalyCreate,
): Promise<void> {
  await tx.deleteFrom('anomaly_series').where('anomaly_id', '=', anomalyId).execute();
  if (report.series.length === 0) return;
  await tx
    .insertInto('anomaly_series')
    .values(
      report.series.map((part, position) => ({
        anomaly_id: anomalyId,
        position,
        sub_account_id: part.subAccountId,
        service_name: part.serviceName,
        region_id: part.regionId,
        sku_meter: part.skuMeter,
        kind: part.kind,
        first_seen_on: part.firstSeenOn,
        last_seen_on: part.lastSeenOn,
        actual: part.actual,
        expected: part.expected,
        impact: part.impact,
        share: part.share,
      })),
    )
    .execute();
}
