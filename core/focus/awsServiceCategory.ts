import { serviceCategoryLookup, type ServicesByCategory } from './serviceCategory.ts';

const SERVICES: ServicesByCategory = [
  [
    'Compute',
    [
      'Amazon Elastic Compute Cloud - Compute',
      'EC2 - Other',
      'AWS Lambda',
      'AWS Batch',
      'AWS App Runner',
      'AWS Elastic Beanstalk',
      'Amazon Elastic Container Service',
      'Amazon Elastic Container Service for Kubernetes',
      'Amazon EC2 Container Registry (ECR)',
      'Amazon Lightsail',
      'Savings Plans for AWS Compute usage',
    ],
  ],
  [
    'Storage',
    [
      'Amazon Simple Storage Service',
      'Amazon Elastic File System',
      'Amazon FSx',
      'Amazon Glacier',
      'AWS Backup',
      'AWS Storage Gateway',
    ],
  ],
  [
    'Databases',
    [
      'Amazon Relational Database Service',
      'Amazon DynamoDB',
      'Amazon ElastiCache',
      'Amazon MemoryDB',
      'Amazon Neptune',
      'Amazon DocumentDB (with MongoDB compatibility)',
      'Amazon Keyspaces (for Apache Cassandra)',
      'Amazon Timestream',
    ],
  ],
  [
    'Networking',
    [
      'Amazon Virtual Private Cloud',
      'Amazon CloudFront',
      'Amazon Route 53',
      'Amazon Elastic Load Balancing',
      'Elastic Load Balancing',
      'AWS Direct Connect',
      'AWS Global Accelerator',
      'AWS Data Transfer',
      'AWS Transit Gateway',
      'AWS Cloud WAN',
    ],
  ],
  [
    'Analytics',
    [
      'Amazon Redshift',
      'Amazon Athena',
      'AWS Glue',
      'Amazon Kinesis',
      'Amazon Kinesis Firehose',
      'Amazon OpenSearch Service',
      'Amazon Elastic MapReduce',
      'Amazon QuickSight',
      'Amazon Managed Streaming for Apache Kafka',
    ],
  ],
  [
    'AI and Machine Learning',
    [
      'Amazon SageMaker',
      'Amazon Bedrock',
      'Amazon Rekognition',
      'Amazon Textract',
      'Amazon Comprehend',
      'Amazon Transcribe',
      'Amazon Polly',
      'Amazon Q',
    ],
  ],
  [
    'Management and Governance',
    [
      'AmazonCloudWatch',
      'AWS CloudTrail',
      'AWS Config',
      'AWS Systems Manager',
      'AWS CloudFormation',
      'AWS Cost Explorer',
      'AWS Budgets',
      'AWS Service Catalog',
    ],
  ],
  [
    'Security',
    [
      'AWS Key Management Service',
      'AWS Secrets Manager',
      'AWS WAF',
      'AWS Shield',
      'Amazon GuardDuty',
      'Amazon Inspector',
      'Amazon Macie',
      'AWS Security Hub',
      'AWS Certificate Manager',
    ],
  ],
  ['Identity', ['Amazon Cognito', 'AWS Directory Service', 'AWS IAM Identity Center']],
  [
    'Integration',
    [
      'Amazon Simple Queue Service',
      'Amazon Simple Notification Service',
      'AWS Step Functions',
      'CloudWatch Events',
      'Amazon EventBridge',
      'Amazon MQ',
      'Amazon AppFlow',
    ],
  ],
  ['Web', ['Amazon API Gateway', 'AWS Amplify', 'AWS AppSync']],
  ['Developer Tools', ['CodeBuild', 'AWS CodePipeline', 'AWS CodeArtifact', 'AWS X-Ray']],
  [
    'Business Applications',
    ['Amazon WorkSpaces', 'Amazon Simple Email Service', 'Amazon Connect', 'Amazon WorkMail'],
  ],
  ['Media', ['AWS Elemental MediaConvert', 'AWS Elemental MediaLive', 'AWS Elemental MediaStore']],
  ['Migration', ['AWS Database Migration Service', 'AWS DataSync', 'AWS Transfer Family']],
  ['Internet of Things', ['AWS IoT', 'AWS IoT Core', 'AWS IoT Device Management']],
];

/**
 * The FOCUS 1.2 `ServiceCategory` of a service as Cost Explorer names it; `Other` for services not in the table, among
 * them taxes and support.
 *
 * @see https://focus.finops.org/focus-specification/v1-2/ (ServiceCategory, allowed values)
 */
export const awsServiceCategory = serviceCategoryLookup(SERVICES);
