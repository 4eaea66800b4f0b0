import {
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  NoSuchKey,
  S3Client,
  type S3ClientConfig,
  S3ServiceException,
} from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import { Readable } from 'node:stream';
import { CostGuardError } from '../../../core/errors.ts';
import type { BackupStorage } from './backupStorage.ts';

// 10,000 parts are the most that S3 takes: dumps of up to 156 GiB, compressed.
const PART_BYTES = 16 * 1_048_576;

/** Where in which service; without `endpoint` it is AWS, without `credentials` the SDK's own chain. */
export interface S3Place {
  bucket: string;
  /** Empty, or ending in a slash. */
  prefix: string;
  endpoint?: string | undefined;
  region?: string | undefined;
  credentials?: { accessKeyId: string; secretAccessKey: string } | undefined;
}

/** Backups in a bucket of Amazon S3 or of a service that speaks the same protocol. */
export function createS3Storage({ bucket, prefix, ...access }: S3Place): BackupStorage {
  const client = new S3Client(toConfig(access));
  const place = `s3://${bucket}/${prefix}`;
  const at = (name: string) => ({ Bucket: bucket, Key: `${prefix}${name}` });
  return {
    place,
    put: (name, content) =>
      explaining(place, async () => {
        const params = { ...at(name), Body: content };
        await new Upload({ client, params, partSize: PART_BYTES, queueSize: 2 }).done();
      }),
    get: (name) =>
      explaining(place, async () => {
        const { Body: body } = await client.send(new GetObjectCommand(at(name)));
        if (body instanceof Readable) return body;
        throw new TypeError('S3 answered without a body.');
      }),
    list: () =>
      explaining(place, async () => {
        const names: string[] = [];
        let token: string | undefined;
        do {
          const page = await client.send(
            new ListObjectsV2Command({
              Bucket: bucket,
              Prefix: prefix,
              ...(token !== undefined && { ContinuationToken: token }),
            }),
          );
          names.push(...(page.Contents ?? []).map(({ Key = '' }) => Key.slice(prefix.length)));
          token = page.NextContinuationToken;
        } while (token !== undefined);
        return names;
      }),
    remove: (name) =>
      explaining(place, async () => {
        await client.send(new DeleteObjectCommand(at(name)));
      }),
  };
}

function toConfig({ endpoint, region, credentials }: Omit<S3Place, 'bucket' | 'prefix'>) {
  return {
    // Services other than AWS seldom have a host name for each bucket.
    ...(endpoint !== undefined && { endpoint, forcePathStyle: true }),
    region: region ?? 'us-east-1',
    ...(credentials !== undefined && { credentials }),
    // Several services do not know the checksums that newer SDKs add where nothing asks for them.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
  } satisfies S3ClientConfig;
}

async function explaining<T>(place: string, act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    throw toCostGuardError(place, error);
  }
}

function toCostGuardError(place: string, cause: unknown): unknown {
  if (cause instanceof CostGuardError) return cause;
  if (cause instanceof NoSuchKey)
    return new CostGuardError(
      'backup_not_found',
      `There is no such backup at ${place}; "costguard backup --list" says what there is.`,
      { cause },
    );
  if (cause instanceof S3ServiceException && (cause.$metadata.httpStatusCode ?? 500) < 500)
    return new CostGuardError(
      'backup_storage_refused',
      `The storage of backups ${place} refused (${cause.name}). Check the bucket’s name in BACKUP_LOCATION, the region, and that its credentials may list, read, write and delete there.`,
      { cause },
    );
  const isNetwork = cause instanceof S3ServiceException || hasNetworkCode(cause);
  if (!isNetwork) return cause;
  return new CostGuardError(
    'backup_storage_unavailable',
    `The storage of backups ${place} does not answer. Check BACKUP_S3_ENDPOINT and the network between here and there.`,
    { cause },
  );
}

function hasNetworkCode(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const code = 'code' in error ? String(error.code) : '';
  return /^(E[A-Z]+|TimeoutError)$/.test(code) || /Timeout|Networking/.test(error.name);
}
