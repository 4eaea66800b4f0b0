import type { Readable } from 'node:stream';

/** Where backups lie: a folder, or a bucket of an S3-compatible service. Names are plain file names. */
export interface BackupStorage {
  /** For people: the folder, or `s3://BUCKET/PREFIX`. */
  readonly place: string;
  /** Stores all of it or nothing. @throws CostGuardError `backup_storage_unavailable`, `backup_storage_refused` */
  put: (name: string, content: Readable) => Promise<void>;
  /** @throws CostGuardError `backup_not_found`, `backup_storage_unavailable`, `backup_storage_refused` */
  get: (name: string) => Promise<Readable>;
  /** Every name; none where nothing was stored yet. @throws CostGuardError `backup_storage_unavailable`, `backup_storage_refused` */
  list: () => Promise<string[]>;
  /** Removing what is not there is no error. @throws CostGuardError `backup_storage_unavailable`, `backup_storage_refused` */
  remove: (name: string) => Promise<void>;
}
