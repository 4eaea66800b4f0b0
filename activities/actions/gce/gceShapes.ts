import { z } from 'zod';
import { lastPart } from './gceId.ts';

const Name = z.string().transform(lastPart);
const Count = z.union([
  z.int(),
  z
    .string()
    .regex(/^\d{1,15}$/)
    .transform(Number),
]);
const Labels = z.record(z.string(), z.string()).default({});
const Architecture = z
  .string()
  .transform((text) => (text === 'X86_64' || text === 'ARM64' ? text : undefined));
const Key = z.object({
  kmsKeyName: z.string().optional(),
  rawKey: z.string().optional(),
  rsaEncryptedKey: z.string().optional(),
  sha256: z.string().optional(),
});

/** An instance, as far as it is used. @see https://cloud.google.com/compute/docs/reference/rest/v1/instances */
export const GceInstance = z.object({
  name: z.string(),
  status: z.string(),
  machineType: Name,
  labels: Labels,
  disks: z
    .array(
      z.object({
        type: z.string().default('PERSISTENT'),
        source: z.string().optional(),
        architecture: Architecture.optional(),
      }),
    )
    .default([]),
  guestAccelerators: z.array(z.unknown()).default([]),
  scheduling: z
    .object({
      preemptible: z.boolean().default(false),
      provisioningModel: z.string().optional(),
      nodeAffinities: z.array(z.unknown()).default([]),
    })
    .optional(),
  metadata: z
    .object({
      items: z.array(z.object({ key: z.string(), value: z.string().default('') })).default([]),
    })
    .optional(),
  networkInterfaces: z
    .array(
      z.object({
        nicType: z.string().optional(),
        accessConfigs: z.array(z.object({ natIP: z.string().optional() })).default([]),
      }),
    )
    .default([]),
  minCpuPlatform: z.string().optional(),
  reservationAffinity: z.object({ consumeReservationType: z.string().optional() }).optional(),
  confidentialInstanceConfig: z
    .object({
      enableConfidentialCompute: z.boolean().default(false),
      confidentialInstanceType: z.string().optional(),
    })
    .optional(),
});
/** An instance. */
export type GceInstance = z.output<typeof GceInstance>;

/** A machine type. @see https://cloud.google.com/compute/docs/reference/rest/v1/machineTypes */
export const GceMachineType = z.object({
  name: z.string(),
  guestCpus: Count,
  memoryMb: Count,
  architecture: Architecture.optional(),
  maximumPersistentDisks: Count.optional(),
  isSharedCpu: z.boolean().default(false),
  accelerators: z.array(z.unknown()).default([]),
  bundledLocalSsds: z.object({ partitionCount: Count.default(0) }).optional(),
  deprecated: z.object({ state: z.string().optional() }).optional(),
});
/** A machine type. */
export type GceMachineType = z.output<typeof GceMachineType>;

/** A disk. @see https://cloud.google.com/compute/docs/reference/rest/v1/disks */
export const GceDisk = z.object({
  name: z.string(),
  status: z.string(),
  sizeGb: Count,
  type: Name,
  labels: Labels,
  users: z.array(z.string()).default([]),
  sourceSnapshot: z.string().optional(),
  diskEncryptionKey: Key.optional(),
  enableConfidentialCompute: z.boolean().default(false),
  accessMode: z.string().optional(),
  asyncPrimaryDisk: z.unknown().optional(),
  asyncSecondaryDisks: z.record(z.string(), z.unknown()).default({}),
  storagePool: z.string().optional(),
  provisionedIops: z.string().optional(),
  provisionedThroughput: z.string().optional(),
  resourcePolicies: z.array(z.string()).default([]),
});
/** A disk. */
export type GceDisk = z.output<typeof GceDisk>;

/** A snapshot. @see https://cloud.google.com/compute/docs/reference/rest/v1/snapshots */
export const GceSnapshot = z.object({
  name: z.string(),
  status: z.string(),
  sourceDisk: z.string().optional(),
});
/** A snapshot. */
export type GceSnapshot = z.output<typeof GceSnapshot>;

/** A region's quotas. @see https://cloud.google.com/compute/docs/reference/rest/v1/regions */
export const GceRegion = z.object({
  quotas: z
    .array(z.object({ metric: z.string().default(''), limit: z.number(), usage: z.number() }))
    .default([]),
});

/** Which of the permissions that were asked about the caller has. */
export const GcePermissions = z.object({ permissions: z.array(z.string()).default([]) });
