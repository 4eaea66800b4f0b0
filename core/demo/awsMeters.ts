import { awsServiceCategory } from '../focus/awsServiceCategory.ts';
import { regionFromAwsUsageType } from '../focus/regionFromAwsUsageType.ts';
import { DEMO_AWS_ACCOUNT_ID } from './demoInstances.ts';
import type { Meter } from './meter.ts';

/** The one account that the demo bills on AWS. */
export const DEMO_AWS_ACCOUNT = {
  subAccountId: DEMO_AWS_ACCOUNT_ID,
  subAccountName: 'Northwind Production',
};

type Traits = Partial<Meter>;
type Line = [usageType: string, unit: string, price: string, perDay: number, traits?: Traits];

const BUSY = { weekend: 0.62, noise: 0.035, growth: 0.3 };
const STEADY = { weekend: 0.93, noise: 0.012, growth: 0.25 };
const STOCK = { noise: 0.002, growth: 0.3 };

/** Somebody's one-off export to the internet, a week before the anchor. */
const TRANSFER_SPIKE = { from: -7, to: -5, factor: 3.4 };

/**
 * Everything but the instances. Usage types as Cost Explorer names them (none, `EUC1-` and `USW2-` before them are the
 * regions), USD list prices of the services' public pricing pages, first tier, no free tier.
 *
 * @see https://aws.amazon.com/pricing/
 */
const SERVICES: Readonly<Record<string, readonly Line[]>> = {
  'Amazon Elastic Compute Cloud - Compute': [
    // Build agents come and go with the working day; they are not instances that somebody could resize.
    ['BoxUsage:c5.large', 'Hrs', '0.085', 14, { weekend: 0.3, noise: 0.09 }],
    [
      'USW2-SpotUsage:c5.xlarge',
      'Hrs',
      '0.0684',
      58,
      { weekend: 0.55, noise: 0.07, growth: 0.4, pricingCategory: 'Dynamic' },
    ],
  ],
  'EC2 - Other': [
    ['EBS:VolumeUsage.gp3', 'GB-Mo', '0.08', 41, STOCK],
    ['EBS:SnapshotUsage', 'GB-Mo', '0.05', 55, STOCK],
    ['NatGateway-Hours', 'Hrs', '0.045', 48],
    ['NatGateway-Bytes', 'GB', '0.045', 118, BUSY],
    ['DataTransfer-Out-Bytes', 'GB', '0.09', 74, BUSY],
    ['DataTransfer-Regional-Bytes', 'GB', '0.01', 260, BUSY],
    ['EUC1-EBS:VolumeUsage.gp3', 'GB-Mo', '0.0952', 17, STOCK],
    ['EUC1-NatGateway-Hours', 'Hrs', '0.052', 24],
    ['EUC1-NatGateway-Bytes', 'GB', '0.052', 36, BUSY],
    ['EUC1-DataTransfer-Out-Bytes', 'GB', '0.09', 33, { ...BUSY, incident: TRANSFER_SPIKE }],
    ['EUC1-DataTransfer-Regional-Bytes', 'GB', '0.01', 88, BUSY],
    ['USW2-EBS:VolumeUsage.gp3', 'GB-Mo', '0.08', 20, STOCK],
    ['USW2-EBS:SnapshotUsage', 'GB-Mo', '0.05', 12, STOCK],
    ['USW2-DataTransfer-Out-Bytes', 'GB', '0.09', 9, BUSY],
  ],
  'Amazon Relational Database Service': [
    ['Multi-AZUsage:db.m5.large', 'Hrs', '0.356', 24],
    // Moved to the larger class half a year ago: a step that has long become normal.
    ['InstanceUsage:db.m5.large', 'Hrs', '0.178', 24, { until: -190 }],
    ['InstanceUsage:db.r5.large', 'Hrs', '0.25', 24, { since: -190 }],
    ['RDS:GP2-Storage', 'GB-Mo', '0.115', 13.4, STOCK],
    ['RDS:ChargedBackupUsage', 'GB-Mo', '0.095', 6.2, STOCK],
    ['EUC1-InstanceUsage:db.t3.medium', 'Hrs', '0.083', 24],
    ['EUC1-RDS:GP2-Storage', 'GB-Mo', '0.137', 3.4, STOCK],
  ],
  'Amazon Simple Storage Service': [
    ['TimedStorage-ByteHrs', 'GB-Mo', '0.023', 285, STOCK],
    ['TimedStorage-SIA-ByteHrs', 'GB-Mo', '0.0125', 310, STOCK],
    ['Requests-Tier1', 'Requests', '0.000005', 310_000, BUSY],
    ['Requests-Tier2', 'Requests', '0.0000004', 2_900_000, BUSY],
    ['EUC1-TimedStorage-ByteHrs', 'GB-Mo', '0.0245', 96, STOCK],
    ['EUC1-Requests-Tier1', 'Requests', '0.0000054', 150_000, BUSY],
    ['EUC1-Requests-Tier2', 'Requests', '0.00000043', 900_000, BUSY],
    ['USW2-TimedStorage-ByteHrs', 'GB-Mo', '0.023', 140, STOCK],
    ['USW2-Requests-Tier1', 'Requests', '0.000005', 95_000, BUSY],
  ],
  'AWS Lambda': [
    ['Lambda-GB-Second', 'Lambda-GB-Second', '0.0000166667', 172_000, BUSY],
    ['Request', 'Requests', '0.0000002', 5_400_000, BUSY],
    ['EUC1-Lambda-GB-Second', 'Lambda-GB-Second', '0.0000166667', 64_000, BUSY],
    ['EUC1-Request', 'Requests', '0.0000002', 2_100_000, BUSY],
  ],
  AmazonCloudWatch: [
    ['CW:MetricMonitorUsage', 'Metrics', '0.3', 7.8, STEADY],
    ['DataProcessing-Bytes', 'GB', '0.5', 5.6, BUSY],
    ['TimedStorage-ByteHrs', 'GB-Mo', '0.03', 14, STOCK],
    ['EUC1-CW:MetricMonitorUsage', 'Metrics', '0.3', 2.6, STEADY],
    ['EUC1-DataProcessing-Bytes', 'GB', '0.63', 2.4, BUSY],
  ],
  'Amazon ElastiCache': [
    ['NodeUsage:cache.r5.large', 'Hrs', '0.216', 24],
    ['EUC1-NodeUsage:cache.t3.medium', 'Hrs', '0.078', 24],
  ],
  'Amazon DynamoDB': [
    ['WriteRequestUnits', 'WriteRequestUnits', '0.000000625', 2_300_000, BUSY],
    ['ReadRequestUnits', 'ReadRequestUnits', '0.000000125', 8_600_000, BUSY],
    ['TimedStorage-ByteHrs', 'GB-Mo', '0.25', 3.1, STOCK],
  ],
  'Amazon Elastic Load Balancing': [
    ['LoadBalancerUsage', 'Hrs', '0.0225', 48],
    ['LCUUsage', 'LCU-Hrs', '0.008', 92, BUSY],
    ['EUC1-LoadBalancerUsage', 'Hrs', '0.027', 24],
    ['EUC1-LCUUsage', 'LCU-Hrs', '0.008', 38, BUSY],
  ],
  'Amazon Elastic Container Service for Kubernetes': [
    ['AmazonEKS-Hours:perCluster', 'Hrs', '0.1', 24, { since: -150 }],
  ],
  'Amazon CloudFront': [
    ['US-DataTransfer-Out-Bytes', 'GB', '0.085', 52, BUSY],
    ['EU-DataTransfer-Out-Bytes', 'GB', '0.085', 38, BUSY],
    ['US-Requests-Tier2-HTTPS', 'Requests', '0.000001', 940_000, BUSY],
    ['EU-Requests-Tier2-HTTPS', 'Requests', '0.0000012', 610_000, BUSY],
  ],
  'Amazon Route 53': [
    ['HostedZone', 'HostedZones', '0.5', 6, { monthly: true }],
    ['DNS-Queries', 'Queries', '0.0000004', 1_900_000, BUSY],
  ],
  'AWS Key Management Service': [
    ['us-east-1-KMS-Keys', 'Keys', '1', 0.4, STOCK],
    ['us-east-1-KMS-Requests', 'Requests', '0.000003', 240_000, STEADY],
  ],
  'Amazon Simple Queue Service': [
    ['Requests-Tier1', 'Requests', '0.0000004', 3_800_000, BUSY],
    ['EUC1-Requests-Tier1', 'Requests', '0.0000004', 1_700_000, BUSY],
  ],
  'AWS Support (Business)': [
    ['Dollar', 'Dollar', '1', 394, { monthly: true, growth: 0.25, chargeCategory: 'Purchase' }],
  ],
};

/** The meters of the demo AWS account. */
export const AWS_METERS: readonly Meter[] = Object.entries(SERVICES).flatMap(
  ([serviceName, lines]) =>
    lines.map(([skuMeter, unit, price, perDay, traits]) => ({
      ...DEMO_AWS_ACCOUNT,
      serviceName,
      serviceCategory: awsServiceCategory(serviceName),
      regionId: regionFromAwsUsageType(serviceName, skuMeter),
      skuId: null,
      skuMeter,
      unit,
      price,
      perDay,
      ...traits,
    })),
);
