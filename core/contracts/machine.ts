import { z } from 'zod';

/** A type or size of machine, in the words of its cloud. */
export const InstanceType = z
  .string()
  .max(63)
  .regex(
    /^[A-Za-z][A-Za-z0-9]*([._-][A-Za-z0-9]+)*$/,
    'must be a type such as m5.large, e2-standard-4 or Standard_D4s_v5',
  )
  .meta({ example: 'm5.xlarge' });

const GOOGLE = 'projects/[a-z][a-z0-9.:-]{1,62}/zones/[a-z0-9-]{3,40}';
const AZURE =
  '/subscriptions/[0-9A-Fa-f-]{36}/resource[Gg]roups/[A-Za-z0-9._()-]{1,90}/providers/[Mm]icrosoft\\.[Cc]ompute';

/** A machine: an EC2 instance, a Google Compute Engine instance or an Azure virtual machine. */
export const MachineId = z
  .string()
  .max(400)
  .regex(
    new RegExp(
      `^(i-[0-9a-f]{8,17}|${GOOGLE}/instances/[a-z0-9-]{1,63}|${AZURE}/virtual[Mm]achines/[A-Za-z0-9._-]{1,80})$`,
    ),
    'must be an EC2 instance id, projects/…/zones/…/instances/…, or the ARM id of a virtual machine',
  )
  .meta({ example: 'i-0123456789abcdef0' });

/** A disk: an EBS volume, a Google persistent disk or an Azure managed disk. */
export const VolumeId = z
  .string()
  .max(400)
  .regex(
    new RegExp(
      `^(vol-[0-9a-f]{8,17}|${GOOGLE}/disks/[a-z0-9-]{1,63}|${AZURE}/disks/[A-Za-z0-9._-]{1,80})$`,
    ),
    'must be an EBS volume id, projects/…/zones/…/disks/…, or the ARM id of a managed disk',
  )
  .meta({ example: 'vol-0123456789abcdef0' });

/** A region, in the words of its cloud. */
export const RegionId = z
  .string()
  .regex(/^[a-z][a-z0-9-]{1,39}$/, 'must be a region such as us-east-1, us-central1 or westeurope')
  .meta({ example: 'us-east-1' });

/** A machine before or after an action. */
export const MachineShape = z.object({
  instanceType: z.string(),
  state: z.string().meta({
    description:
      'In the words of EC2, whatever the cloud: running, or stopped, which costs no computing',
  }),
});

/** A disk before or after an action. */
export const VolumeShape = z.object({
  state: z.string().meta({ description: 'available, or deleted' }),
  sizeGib: z.number(),
  volumeType: z.string(),
  zone: z.string(),
  isEncrypted: z.boolean(),
  settings: z
    .record(z.string(), z.string())
    .meta({ description: 'What else a restored disk gets, such as its IOPS' }),
  tags: z.record(z.string(), z.string()),
  snapshotName: z
    .string()
    .nullable()
    .meta({ description: 'Name of the snapshot that is left of it; null before' }),
});
