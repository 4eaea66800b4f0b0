import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import { buffer, text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { listBackups, removeOldBackups } from '../../db/backup/listBackups.ts';
import { openStorage } from '../../db/backup/storage/openStorage.ts';
import { parseEnv } from '../../core/config/env.ts';
import { runCli } from '../cli/runCli.ts';
import { createEmptyDatabase, createTestDatabase } from '../servers/createTestDatabase.ts';
import { startMoto, type TestMoto } from '../servers/startMoto.ts';
import { type BackupWorld, createBackupWorld } from './backupWorld.ts';

const BUCKET = 'costguard-backups';

let moto: TestMoto;
let world: BackupWorld;
let s3Env: Record<string, string>;

beforeAll(async () => {
  [moto, world] = await Promise.all([startMoto(), createBackupWorld()]);
  s3Env = {
    BACKUP_LOCATION: `s3://${BUCKET}/prod`,
    BACKUP_S3_ENDPOINT: moto.url,
    BACKUP_S3_ACCESS_KEY_ID: 'test',
    BACKUP_S3_SECRET_ACCESS_KEY: 'test',
  };
  const client = new S3Client({
    ...{ endpoint: moto.url, region: 'us-east-1', forcePathStyle: true },
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  });
  await client.send(new CreateBucketCommand({ Bucket: BUCKET }));
  client.destroy();
});
afterAll(async () => {
  world.remove();
  await moto.stop();
});

const storage = () => openStorage(parseEnv(s3Env));

test('a backup into a bucket is restored from there', async () => {
  const source = await createTestDatabase();
  onTestFinished(source.drop);
  const env = { ...world.envFor(source), ...s3Env };
  expect((await runCli(['init'], env)).exitCode).toBe(0);
  const made = await runCli(['backup'], env);
  expect(made).toMatchObject({ exitCode: 0, stderr: '' });
  expect(made.stdout).toMatch(/^costguard-\S+ in s3:\/\/costguard-backups\/prod\/: \d+ rows/);
  const target = await createEmptyDatabase();
  onTestFinished(target.drop);
  const restored = await runCli(['restore'], { ...world.envFor(target), ...s3Env });
  expect(restored.stdout).toContain('is restored and intact');
  expect((await runCli(['backup', '--list'], env)).stdout).toMatch(/^costguard-\S+ {2}\d+ rows/);
});

test('what is larger than one part comes back as it was', async () => {
  const bytes = randomBytes(40 * 1_048_576);
  await storage().put(
    'large',
    Readable.from([bytes.subarray(0, 30_000_000), bytes.subarray(30_000_000)]),
  );
  expect((await buffer(await storage().get('large'))).equals(bytes)).toBe(true);
  await storage().remove('large');
  await expect(storage().get('large')).rejects.toMatchObject({ code: 'backup_not_found' });
});

test('what is too old is removed, and what a killed run left behind', async () => {
  const place = openStorage(parseEnv({ ...s3Env, BACKUP_LOCATION: `s3://${BUCKET}/old` }));
  const put = (name: string) => place.put(name, Readable.from(['x']));
  for (const day of ['20', '21', '22']) {
    await put(`costguard-202611${day}T030000Z-0000000a.dump.enc`);
    await put(`costguard-202611${day}T030000Z-0000000a.manifest.json`);
  }
  await put('costguard-20261119T030000Z-0000000b.dump.enc');
  await put('notes.txt');
  const now = new Date('2026-11-22T04:00:00Z');
  const removed = await removeOldBackups(place, { last: 2, daily: 0, weekly: 0 }, now);
  expect(removed).toEqual(['costguard-20261120T030000Z-0000000a']);
  expect((await listBackups(place)).map(({ name }) => name.slice(10, 18))).toEqual([
    '20261122',
    '20261121',
  ]);
  expect(await place.list()).toContain('notes.txt');
  expect(await place.list()).toHaveLength(5);
  expect(await text(await place.get('notes.txt'))).toBe('x');
});

test('an unknown bucket is refused, a service that is away is exit code 3', async () => {
  const source = await createTestDatabase();
  onTestFinished(source.drop);
  const env = { ...world.envFor(source), ...s3Env };
  const refused = await runCli(['backup'], { ...env, BACKUP_LOCATION: 's3://nobodys-bucket/x' });
  expect(refused.exitCode).toBe(1);
  expect(refused.stderr).toContain('refused (NoSuchBucket). Check the bucket’s name');
  const away = await runCli(['backup'], { ...env, BACKUP_S3_ENDPOINT: 'http://127.0.0.1:9' });
  expect(away.exitCode).toBe(3);
  expect(away.stderr).toContain('does not answer. Check BACKUP_S3_ENDPOINT');
  const half = await runCli(['backup'], { ...env, BACKUP_S3_SECRET_ACCESS_KEY: '' });
  expect(half.exitCode).toBe(2);
});
