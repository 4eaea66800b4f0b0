import { existsSync } from 'node:fs';
import pg from 'pg';
import { expect, onTestFinished, test } from 'vitest';
import { SEARCH_ATTRIBUTES } from '../../cli/launch/temporal/searchAttributes.ts';
import { chromiumPath } from './chromiumPath.ts';
import { createTestDatabase } from './createTestDatabase.ts';
import { startMoto } from './startMoto.ts';
import { testTemporal } from './testTemporal.ts';

test('a test database has the whole schema, belongs to one file and is reached without being superuser', async () => {
  const [one, two] = [await createTestDatabase(), await createTestDatabase()];
  const client = new pg.Client({ connectionString: one.url });
  await client.connect();
  const { rows } = await client.query(
    `select current_database() as name, rolsuper as "isSuperuser", to_regclass('anomalies') is not null as "hasSchema"
       from pg_roles where rolname = current_user`,
  );
  await client.end();
  expect(rows).toEqual([{ name: one.name, isSuperuser: false, hasSchema: true }]);
  expect(two.name).not.toBe(one.name);
  await Promise.all([one.drop(), two.drop()]);
});

test('a connection that a test leaves open is reported', async () => {
  const database = await createTestDatabase();
  const client = new pg.Client({ connectionString: database.url, application_name: 'forgotten' });
  client.on('error', () => undefined);
  await client.connect();
  await expect(database.drop()).rejects.toThrow(/left 1 connections open:\nforgotten/);
});

test('the Temporal server has the namespace with CostGuard’s search attributes', async () => {
  const { connection, namespace, close } = await testTemporal();
  onTestFinished(close);
  const { customAttributes } = await connection.operatorService.listSearchAttributes({ namespace });
  expect(Object.keys(customAttributes)).toEqual(
    expect.arrayContaining(Object.keys(SEARCH_ATTRIBUTES)),
  );
});

test('each moto is an AWS account of its own', async () => {
  const [one, two] = await Promise.all([startMoto(), startMoto()]);
  onTestFinished(one.stop);
  onTestFinished(two.stop);
  expect(one.url).not.toBe(two.url);
  const answer = await fetch(`${one.url}/moto-api/data.json`);
  expect(answer.status).toBe(200);
  await one.queueCosts([]);
});

test('there is a Chromium', async () => {
  expect(existsSync(await chromiumPath())).toBe(true);
});
