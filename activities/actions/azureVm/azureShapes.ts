import { z } from 'zod';

const Tags = z
  .record(z.string(), z.string())
  .nullish()
  .transform((tags) => tags ?? {});
const Ref = z.object({ id: z.string() });
const Status = z.object({ code: z.string() });

/** A virtual machine with its instance view, as far as it is used. @see https://learn.microsoft.com/rest/api/compute/virtual-machines/get */
export const AzureVm = z.object({
  name: z.string(),
  tags: Tags,
  zones: z.array(z.string()).nullish(),
  etag: z.string().optional(),
  properties: z.object({
    provisioningState: z.string().optional(),
    hardwareProfile: z.object({ vmSize: z.string() }),
    storageProfile: z
      .object({
        diskControllerType: z.string().optional(),
        osDisk: z
          .object({
            diffDiskSettings: z.object({ option: z.string().optional() }).nullish(),
            managedDisk: Ref.nullish(),
          })
          .optional(),
        dataDisks: z.array(z.object({ managedDisk: Ref.nullish() })).default([]),
      })
      .optional(),
    networkProfile: z.object({ networkInterfaces: z.array(Ref).default([]) }).optional(),
    availabilitySet: Ref.nullish(),
    virtualMachineScaleSet: Ref.nullish(),
    host: Ref.nullish(),
    hostGroup: Ref.nullish(),
    capacityReservation: z.object({ capacityReservationGroup: Ref.nullish() }).nullish(),
    priority: z.string().optional(),
    additionalCapabilities: z.object({ ultraSSDEnabled: z.boolean().nullish() }).nullish(),
    securityProfile: z.object({ encryptionAtHost: z.boolean().nullish() }).nullish(),
    instanceView: z
      .object({
        statuses: z.array(Status).default([]),
        hyperVGeneration: z.string().optional(),
        vmHealth: z.object({ status: Status.optional() }).optional(),
      })
      .optional(),
  }),
});
/** A virtual machine. */
export type AzureVm = z.output<typeof AzureVm>;

/** A size or another kind of thing that a subscription may have. @see https://learn.microsoft.com/rest/api/compute/resource-skus/list */
export const AzureSku = z.object({
  resourceType: z.string(),
  name: z.string(),
  family: z.string().default(''),
  capabilities: z.array(z.object({ name: z.string(), value: z.string() })).nullish(),
  restrictions: z
    .array(
      z.object({
        type: z.string(),
        restrictionInfo: z.object({ zones: z.array(z.string()).nullish() }).nullish(),
      }),
    )
    .nullish(),
});
/** A size or another kind of thing that a subscription may have. */
export type AzureSku = z.output<typeof AzureSku>;

/** A size by name, as an availability set lists it. */
export const AzureSizeName = z.object({ name: z.string() });

/** A quota. @see https://learn.microsoft.com/rest/api/compute/usage/list */
export const AzureUsageRow = z.object({
  currentValue: z.number(),
  limit: z.number(),
  name: z.object({ value: z.string(), localizedValue: z.string().optional() }),
});

/** What a role assignment allows. @see https://learn.microsoft.com/rest/api/authorization/permissions */
export const AzurePermissionRow = z.object({
  actions: z.array(z.string()).default([]),
  notActions: z.array(z.string()).default([]),
});

/** A lock. @see https://learn.microsoft.com/rest/api/resources/management-locks */
export const AzureLock = z.object({
  name: z.string().optional(),
  properties: z.object({ level: z.string() }),
});

/** A managed disk. @see https://learn.microsoft.com/rest/api/compute/disks/get */
export const AzureDisk = z.object({
  name: z.string(),
  location: z.string(),
  tags: Tags,
  zones: z.array(z.string()).nullish(),
  sku: z.object({ name: z.string() }),
  managedBy: z.string().nullish(),
  managedByExtended: z.array(z.string()).nullish(),
  properties: z.object({
    encryption: z
      .object({ type: z.string().optional(), diskEncryptionSetId: z.string().optional() })
      .optional(),
    networkAccessPolicy: z.string().optional(),
    publicNetworkAccess: z.string().optional(),
    diskAccessId: z.string().nullish(),
    diskIOPSReadWrite: z.number().nullish(),
    diskMBpsReadWrite: z.number().nullish(),
    provisioningState: z.string().optional(),
    diskState: z.string().default('Unattached'),
    diskSizeGB: z.number(),
    maxShares: z.number().nullish(),
    tier: z.string().nullish(),
    securityProfile: z.object({ securityType: z.string().optional() }).nullish(),
    creationData: z.object({ sourceResourceId: z.string().nullish() }).nullish(),
  }),
});
/** A managed disk. */
export type AzureDisk = z.output<typeof AzureDisk>;

/** A snapshot. @see https://learn.microsoft.com/rest/api/compute/snapshots/get */
export const AzureSnapshot = z.object({
  name: z.string(),
  properties: z.object({
    provisioningState: z.string().default('Succeeded'),
    completionPercent: z.number().nullish(),
    creationData: z.object({ sourceResourceId: z.string().nullish() }).nullish(),
  }),
});
/** A snapshot. */
export type AzureSnapshot = z.output<typeof AzureSnapshot>;
