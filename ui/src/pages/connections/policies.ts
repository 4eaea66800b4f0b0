import type { Schemas } from '../../client/api';

const AWS_READ = [
  'ce:GetCostAndUsage',
  'ce:GetCostAndUsageWithResources',
  'ce:GetCostForecast',
  'ce:GetUsageForecast',
  'ce:GetAnomalies',
  'ce:GetRightsizingRecommendation',
];
const AWS_ACT = [
  'ec2:DescribeInstances',
  'ec2:DescribeInstanceTypes',
  'ec2:DescribeInstanceTypeOfferings',
  'ec2:DescribeInstanceStatus',
  'ec2:DescribeInstanceAttribute',
  'ec2:StopInstances',
  'ec2:StartInstances',
  'ec2:ModifyInstanceAttribute',
  'ec2:DescribeVolumes',
  'ec2:DescribeSnapshots',
  'ec2:CreateSnapshot',
  'ec2:DeleteVolume',
  'ec2:CreateVolume',
  'ec2:CreateTags',
];

const GCP_READ = [
  'roles/bigquery.dataViewer   on the dataset of the billing export',
  'roles/bigquery.jobUser      on its project',
  'roles/billing.viewer        on the billing account',
  'roles/recommender.viewer    on each project (optional: recommendations)',
];
const GCP_ACT = [
  'compute.instances.get',
  'compute.instances.stop',
  'compute.instances.start',
  'compute.instances.setMachineType',
  'compute.machineTypes.get',
  'compute.regions.get',
  'compute.zoneOperations.get',
  'compute.disks.get',
  'compute.disks.createSnapshot',
  'compute.disks.delete',
  'compute.disks.create',
  'compute.disks.setLabels',
  'compute.snapshots.create',
  'compute.snapshots.get',
  'compute.snapshots.useReadOnly',
];
const AZURE_READ = [
  'Cost Management Reader   on each scope',
  'Reader                   on each subscription (optional: recommendations of Advisor)',
];
const AZURE_ACT = [
  'Microsoft.Compute/virtualMachines/read',
  'Microsoft.Compute/virtualMachines/write',
  'Microsoft.Compute/virtualMachines/start/action',
  'Microsoft.Compute/virtualMachines/deallocate/action',
  'Microsoft.Compute/virtualMachines/instanceView/read',
  'Microsoft.Compute/availabilitySets/vmSizes/read',
  'Microsoft.Compute/skus/read',
  'Microsoft.Compute/locations/usages/read',
  'Microsoft.Compute/locations/operations/read',
  'Microsoft.Compute/disks/read',
  'Microsoft.Compute/disks/write',
  'Microsoft.Compute/disks/delete',
  'Microsoft.Compute/disks/beginGetAccess/action',
  'Microsoft.Compute/snapshots/read',
  'Microsoft.Compute/snapshots/write',
  'Microsoft.Network/networkInterfaces/join/action',
  'Microsoft.Authorization/permissions/read',
  'Microsoft.Authorization/locks/read',
];

/** The least that a connection needs at its provider, to copy. */
export function leastPolicy({
  provider,
  mode,
}: Pick<Schemas['Connection'], 'provider' | 'mode'>): string {
  switch (provider) {
    case 'aws': {
      const Action = mode === 'actions' ? [...AWS_READ, ...AWS_ACT] : AWS_READ;
      const Statement = [{ Effect: 'Allow', Action, Resource: '*' }];
      return JSON.stringify({ Version: '2012-10-17', Statement }, null, 2);
    }
    case 'gcp':
      return [...GCP_READ, ...(mode === 'actions' ? ['', gcpRole()] : [])].join('\n');
    case 'azure':
      return [...AZURE_READ, ...(mode === 'actions' ? ['', azureRole()] : [])].join('\n');
    case 'openai':
      return mode === 'actions'
        ? 'api.usage.read\napi.management.read\napi.management.write   (limits of projects)'
        : 'api.usage.read\napi.management.read';
    case 'anthropic':
      return 'An admin key has no narrower permissions.';
  }
}

/** Who may assume the role at AWS: one identity, and only with the external id, so that nobody lends CostGuard's to others. */
export function trustPolicy(externalId: string): string {
  const Statement = [
    {
      Effect: 'Allow',
      Principal: { AWS: 'arn:aws:iam::ACCOUNT:role/THE-IDENTITY-OF-COSTGUARD' },
      Action: 'sts:AssumeRole',
      Condition: { StringEquals: { 'sts:ExternalId': externalId } },
    },
  ];
  return JSON.stringify({ Version: '2012-10-17', Statement }, null, 2);
}

/** For `gcloud iam roles create costguardActions --project PROJECT --file FILE`. */
function gcpRole(): string {
  const permissions = GCP_ACT.map((permission) => `- ${permission}`);
  return [
    '# and this custom role on each project whose machines and disks may be changed',
    'title: CostGuard actions',
    'stage: GA',
    'includedPermissions:',
    ...permissions,
  ].join('\n');
}

/** For `az role definition create --role-definition FILE`. */
function azureRole(): string {
  const role = {
    Name: 'CostGuard actions',
    Description: 'Resizes, stops and starts machines; deletes disks that have a snapshot',
    Actions: AZURE_ACT,
    AssignableScopes: ['/subscriptions/SUBSCRIPTION'],
  };
  return `and this custom role on each resource group whose machines and disks may be changed\n${JSON.stringify(role, null, 2)}`;
}
