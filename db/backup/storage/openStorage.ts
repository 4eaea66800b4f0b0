import path from 'node:path';
import { type Env, EnvError } from '../../../core/config/env.ts';
import type { BackupStorage } from './backupStorage.ts';
import { createFolderStorage } from './folderStorage.ts';
import { createS3Storage } from './s3Storage.ts';

/** The variables that say where backups lie. */
export type StorageEnv = Pick<
  Env,
  | 'COSTGUARD_HOME'
  | 'BACKUP_LOCATION'
  | 'BACKUP_S3_ENDPOINT'
  | 'BACKUP_S3_REGION'
  | 'BACKUP_S3_ACCESS_KEY_ID'
  | 'BACKUP_S3_SECRET_ACCESS_KEY'
>;

/**
 * The storage of BACKUP_LOCATION, else the folder `backups` in COSTGUARD_HOME. Nothing is looked at yet.
 *
 * @param location in its place: what a command was given
 * @throws EnvError for a location that is neither a folder nor `s3://BUCKET/PREFIX`, and for half of a credential
 */
export function openStorage(env: StorageEnv, location = env.BACKUP_LOCATION): BackupStorage {
  if (location === undefined) return createFolderStorage(path.join(env.COSTGUARD_HOME, 'backups'));
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(location)?.[1];
  if (scheme === undefined) return createFolderStorage(location);
  const [, bucket, prefix = ''] = /^s3:\/\/([a-z0-9.-]{3,63})(?:\/(.*))?$/.exec(location) ?? [];
  if (bucket === undefined)
    throw new EnvError([
      `BACKUP_LOCATION: ${scheme}:// is no storage that is known; give a folder, or s3://BUCKET/PREFIX with BACKUP_S3_ENDPOINT for a service other than AWS`,
    ]);
  return createS3Storage({
    bucket,
    prefix: prefix === '' || prefix.endsWith('/') ? prefix : `${prefix}/`,
    endpoint: env.BACKUP_S3_ENDPOINT,
    region: env.BACKUP_S3_REGION,
    credentials: credentialsOf(env),
  });
}

function credentialsOf(env: StorageEnv) {
  const { BACKUP_S3_ACCESS_KEY_ID: accessKeyId, BACKUP_S3_SECRET_ACCESS_KEY: secretAccessKey } =
    env;
  if (accessKeyId === undefined && secretAccessKey === undefined) return undefined;
  if (accessKeyId === undefined || secretAccessKey === undefined)
    throw new EnvError([
      'BACKUP_S3_ACCESS_KEY_ID, BACKUP_S3_SECRET_ACCESS_KEY: set both, or neither for the AWS SDK’s own credentials',
    ]);
  return { accessKeyId, secretAccessKey };
}
