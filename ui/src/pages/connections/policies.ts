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
  'ec2:DescribeInstanceStatus',
  'ec2:DescribeInstanceAttribute',
  'ec2:StopInstances',
  'ec2:StartInstances',
  'ec2:ModifyInstanceAttribute',
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
      return [
        'roles/bigquery.dataViewer   on the dataset of the billing export',
        'roles/bigquery.jobUser      on its project',
        'roles/billing.viewer        on the billing account',
        'roles/recommender.viewer    on each project (optional: recommendations)',
      ].join('\n');
    case 'azure':
      return [
        'Cost Management Reader   on each scope',
        'Reader                   on each subscription (optional: recommendations of Advisor)',
      ].join('\n');
    case 'openai':
      return mode === 'actions'
        ? 'api.usage.read\napi.management.read\napi.management.write   (limits of projects)'
        : 'api.usage.read\napi.management.read';
    case 'anthropic':
      return 'An admin key has no narrower permissions.';
  }
}
