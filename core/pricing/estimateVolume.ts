import type { Provider } from '../contracts/scalars.ts';
import { money, multiplyMoney, roundMoney, subtractMoney, type Money } from '../money/money.ts';
import type { SavingEstimate } from './estimateSaving.ts';
import type { PaidMeter, PaidResource } from './paid.ts';
import { scaleMoney } from './scaleMoney.ts';

/** A disk to be deleted after a snapshot, and what was paid lately. */
export interface VolumeToPrice {
  provider: Provider;
  region: string;
  sizeGib: number;
  /** Its storage by the gigabyte month, and that of snapshots: the meters of {@link volumeMeters}. */
  meters: readonly PaidMeter[];
  volumeType: string;
  own: readonly PaidResource[];
  days: number;
}

/**
 * AWS's usage types of a disk's storage and of snapshots, without a region's prefix; their quantity is gigabyte months.
 *
 * @see https://docs.aws.amazon.com/ebs/latest/userguide/ebs-volume-types.html and the AWS price list's usage types
 */
export function volumeMeters(volumeType: string): { storage: string; snapshot: string } {
  // Magnetic volumes are the oldest, and have no type in their meter.
  const storage = volumeType === 'standard' ? 'EBS:VolumeUsage' : `EBS:VolumeUsage.${volumeType}`;
  return { storage, snapshot: 'EBS:SnapshotUsage' };
}

/**
 * Estimates what the deletion of a disk saves a month, from what was paid: its own bill, else at AWS its size at the rate
 * paid for its type, less the snapshot that stays, counted as full as the disk, which is the most it can be.
 */
export function estimateVolume(volume: VolumeToPrice): SavingEstimate {
  const [own, ...others] = volume.own;
  if (own !== undefined && others.length === 0 && own.days >= 3) {
    const monthly = scaleMoney(money(own.cost, own.currency), '365', String(12 * own.days));
    return {
      saving: monthly,
      basis: `Billed for this disk on ${own.days} of the last ${volume.days} days: ${text(monthly)} a month. The snapshot that stays costs for what is on it, which is not known.`,
    };
  }
  if (volume.provider !== 'aws') return unknown(volume.days);
  const { storage, snapshot } = volumeMeters(volume.volumeType);
  const disk = monthOf(storage, volume);
  if (disk === undefined) return unknown(volume.days);
  const left = monthOf(snapshot, volume);
  const paid = `Paid for ${storage} in ${volume.region} over the last ${volume.days} days, for ${volume.sizeGib} GiB: ${text(disk)} a month.`;
  if (left?.currency !== disk.currency) {
    return {
      saving: disk,
      basis: `${paid} The snapshot that stays costs for what is on it; no rate was paid for snapshots yet.`,
    };
  }
  return {
    saving: subtractMoney(disk, left),
    basis: `${paid} Less ${text(left)} for the snapshot that stays, if the disk is full.`,
  };
}

function monthOf(meter: string, { meters, sizeGib }: VolumeToPrice): Money | undefined {
  const [row, ...others] = meters.filter((paid) => paid.meter === meter);
  if (row === undefined || others.length > 0) return undefined;
  return multiplyMoney(
    scaleMoney(money(row.cost, row.currency), '1', row.quantity),
    String(sizeGib),
  );
}

function unknown(days: number): SavingEstimate {
  return {
    saving: null,
    basis: `Nothing was billed for this disk, or for its kind, over the last ${days} days, so the saving is not known.`,
  };
}

function text(amount: Money): string {
  return `${roundMoney(amount, 2).amount} ${amount.currency}`;
}
