import { z } from 'zod';
import { text, url } from './envValues.ts';

/** The variables of backups; part of `EnvSchema`. */
export const backupVariables = {
  BACKUP_LOCATION: text(
    'Where backups are kept: a folder, or s3://BUCKET/PREFIX; unset means COSTGUARD_HOME/backups, and none by themselves',
  ),
  BACKUP_EVERY_HOURS: z.coerce.number().int().min(1).max(168).default(24).meta({
    description:
      'Hours between two backups that are made by themselves, where BACKUP_LOCATION is set',
  }),
  BACKUP_KEY: z
    .string()
    .regex(/^[A-Za-z0-9_-]{43}=?$/, 'must be 32 bytes in base64url')
    .optional()
    .meta({
      description:
        'Key that encrypts backups, 32 bytes in base64url; without it costguard backup uses the key that wraps stored secrets',
    }),
  BACKUP_KEY_PREVIOUS: z
    .string()
    .regex(
      /^[A-Za-z0-9_-]{43}=?(,[A-Za-z0-9_-]{43}=?)*$/,
      'must be comma-separated, each 32 bytes in base64url',
    )
    .optional()
    .meta({ description: 'Earlier keys of backups that still open old ones, comma-separated' }),
  BACKUP_KEEP_LAST: z.coerce.number().int().min(1).max(1000).default(3).meta({
    description: 'Newest backups that are kept, however old',
  }),
  BACKUP_KEEP_DAILY: z.coerce.number().int().min(0).max(1000).default(7).meta({
    description: 'Days of which the newest backup is kept',
  }),
  BACKUP_KEEP_WEEKLY: z.coerce.number().int().min(0).max(1000).default(5).meta({
    description: 'Weeks of which the newest backup is kept',
  }),
  BACKUP_S3_ENDPOINT: url('S3-compatible service that keeps the backups, instead of AWS'),
  BACKUP_S3_REGION: text('Region of the bucket of backups; default us-east-1'),
  BACKUP_S3_ACCESS_KEY_ID: text(
    'Access key id for the bucket of backups; unset means the AWS SDK’s own credentials',
  ),
  BACKUP_S3_SECRET_ACCESS_KEY: text('Secret access key for the bucket of backups'),
  PG_BIN_DIR: text(
    'Folder with pg_dump and pg_restore of the database’s version or later; unset means PATH',
  ),
} as const;
