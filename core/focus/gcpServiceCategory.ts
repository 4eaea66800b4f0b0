import { serviceCategoryLookup, type ServicesByCategory } from './serviceCategory.ts';

const SERVICES: ServicesByCategory = [
  [
    'Compute',
    [
      'Compute Engine',
      'Kubernetes Engine',
      'Cloud Run',
      'Cloud Run Functions',
      'Cloud Functions',
      'App Engine',
      'Batch',
      'Bare Metal Solution',
      'VMware Engine',
      'Artifact Registry',
      'Container Registry Vulnerability Scanning',
    ],
  ],
  [
    'Storage',
    ['Cloud Storage', 'Cloud Filestore', 'Filestore', 'Backup and DR Service', 'Backup for GKE'],
  ],
  [
    'Databases',
    [
      'Cloud SQL',
      'Cloud Spanner',
      'Cloud Bigtable',
      'Cloud Firestore',
      'Cloud Datastore',
      'AlloyDB',
      'Cloud Memorystore for Redis',
      'Cloud Memorystore for Memcached',
      'Memorystore for Valkey',
      'Firebase Realtime Database',
    ],
  ],
  [
    'Networking',
    [
      'Networking',
      'Cloud DNS',
      'Cloud CDN',
      'Cloud VPN',
      'Cloud NAT',
      'Cloud Load Balancing',
      'Network Connectivity Center',
      'Service Directory',
    ],
  ],
  [
    'Analytics',
    [
      'BigQuery',
      'BigQuery Reservation API',
      'BigQuery Storage API',
      'BigQuery BI Engine',
      'BigQuery Data Transfer Service',
      'Cloud Dataflow',
      'Cloud Dataproc',
      'Cloud Composer',
      'Cloud Data Fusion',
      'Cloud Dataplex',
      'Dataform',
      'Datastream',
      'Looker',
      'Looker Studio',
    ],
  ],
  [
    'AI and Machine Learning',
    [
      'Vertex AI',
      'Gemini API',
      'Generative Language API',
      'AI Platform',
      'Cloud AutoML',
      'Cloud Vision API',
      'Cloud Natural Language API',
      'Cloud Natural Language',
      'Cloud Speech API',
      'Cloud Text-to-Speech API',
      'Cloud Document AI API',
      'Dialogflow API',
      'Translate',
      'Video Intelligence API',
      'Vertex AI Search',
    ],
  ],
  [
    'Management and Governance',
    [
      'Cloud Logging',
      'Cloud Monitoring',
      'Stackdriver Logging',
      'Stackdriver Monitoring',
      'Cloud Trace',
      'Cloud Deployment Manager',
      'Cloud Asset API',
      'Support',
    ],
  ],
  [
    'Security',
    [
      'Cloud Key Management Service (KMS)',
      'Secret Manager',
      'Security Command Center',
      'Cloud Armor',
      'Networking Cloud Armor',
      'Certificate Authority Service',
      'Sensitive Data Protection',
      'Cloud Data Loss Prevention',
      'reCAPTCHA Enterprise',
      'Web Risk API',
      'Cloud IDS',
    ],
  ],
  [
    'Identity',
    ['Identity Platform', 'Managed Service for Microsoft Active Directory', 'Firebase Auth'],
  ],
  [
    'Integration',
    [
      'Cloud Pub/Sub',
      'Cloud Tasks',
      'Cloud Scheduler',
      'Workflows',
      'Eventarc',
      'Application Integration',
      'Managed Service for Apache Kafka',
    ],
  ],
  ['Web', ['Apigee', 'API Gateway', 'Firebase Hosting', 'Places API', 'Maps API', 'Geocoding API']],
  [
    'Developer Tools',
    [
      'Cloud Build',
      'Cloud Source Repositories',
      'Source Repository',
      'Cloud Workstations',
      'Firebase Test Lab',
    ],
  ],
  ['Business Applications', ['Google Workspace', 'Contact Center AI']],
  ['Media', ['Transcoder API', 'Live Stream API', 'Media CDN']],
  ['Migration', ['Storage Transfer Service', 'Transfer Appliance', 'Migrate to Virtual Machines']],
];

/**
 * The FOCUS 1.2 `ServiceCategory` of a service as the Cloud Billing export describes it; `Other` for services not in the
 * table, among them taxes and marketplace products.
 *
 * @see https://focus.finops.org/focus-specification/v1-2/ (ServiceCategory, allowed values)
 */
export const gcpServiceCategory = serviceCategoryLookup(SERVICES);
