import { z } from 'zod';
import { backupVariables } from './backupVariables.ts';
import { flag, port, text, url } from './envValues.ts';
import { areProxies } from './areProxies.ts';

/** Every environment variable that CostGuard reads, with description, unit and default. */
export const EnvSchema = z.object({
  COSTGUARD_HOME: z
    .string()
    .min(1)
    .default('.costguard')
    .meta({ description: 'Folder for embedded data, keys and logs' }),
  LOG_LEVEL: z
    .enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace'])
    .default('info')
    .meta({ description: 'Least severe log level written' }),
  BIND_ADDRESS: z
    .string()
    .min(1)
    .default('127.0.0.1')
    .meta({ description: 'Address that the API, dashboard and MCP servers listen on' }),
  API_PORT: port(8000, 'REST API and Swagger UI'),
  UI_PORT: port(8501, 'Dashboard'),
  MCP_PORT: port(8601, 'First of five MCP server ports'),
  POSTGRES_PORT: port(8432, 'Embedded Postgres; unused when DATABASE_URL is set'),
  DEMO_AWS_PORT: port(8650, 'Demo AWS account (and the next port); unused when DEMO_MODE is false'),
  TEMPORAL_PORT: port(7233, 'Embedded Temporal server; unused when TEMPORAL_ADDRESS is set'),
  TEMPORAL_UI_PORT: port(8233, 'Embedded Temporal Web UI; unused when TEMPORAL_ADDRESS is set'),
  TEMPORAL_ADDRESS: z
    .string()
    .regex(/^[^\s/]+:\d+$/, 'must be HOST:PORT')
    .optional()
    .meta({ description: 'Temporal server to use instead of the embedded one, HOST:PORT' }),
  TEMPORAL_NAMESPACE: z
    .string()
    .min(1)
    .default('costguard')
    .meta({ description: 'Temporal namespace' }),
  TEMPORAL_DEPLOYMENT_NAME: z
    .string()
    .regex(/^[^.:\s]+$/, 'must not contain spaces, dots or colons')
    .optional()
    .meta({
      description:
        'Worker deployment of this worker, with its build in TEMPORAL_WORKER_BUILD_ID; unset means not versioned',
    }),
  TEMPORAL_WORKER_BUILD_ID: text('Build of this worker, such as the version of its image'),
  WORKER_METRICS_ADDRESS: z
    .string()
    .regex(/^[^\s/]+:\d+$/, 'must be HOST:PORT')
    .optional()
    .meta({
      description:
        'Where the worker offers Prometheus metrics, HOST:PORT (npm start: and the next three ports); unset means nowhere',
    }),
  OTEL_EXPORTER_OTLP_ENDPOINT: url(
    'Collector of OpenTelemetry traces (OTLP over HTTP), without /v1/traces; unset means no traces',
  ),
  TEMPORAL_UI_URL: url('Public address of the Temporal Web UI, for links'),
  DATABASE_URL: z
    .url({ protocol: /^postgres(ql)?$/ })
    .optional()
    .meta({ description: 'Postgres to use instead of the embedded one' }),
  MIGRATION_DATABASE_URL: z
    .url({ protocol: /^postgres(ql)?$/ })
    .optional()
    .meta({
      description:
        'DATABASE_URL’s database as an administrator, for init and migrate only; else the audit log is not protected',
    }),
  DEMO_MODE: flag(
    true,
    'Fill an empty database with demo connections and run a demo AWS account; set false for real accounts',
  ),
  PUBLIC_API_URL: url(
    'Address under which clients reach the API; issuer and audience of access tokens',
  ),
  PUBLIC_UI_URL: url('Address under which people reach the dashboard, for links'),
  INTERNAL_API_URL: url('Address under which workers and MCP servers reach the API'),
  AWS_COST_MCP_URL: url('Address of the aws-cost MCP server, ending in /mcp'),
  GCP_BILLING_MCP_URL: url('Address of the gcp-billing MCP server, ending in /mcp'),
  AZURE_COST_MCP_URL: url('Address of the azure-cost MCP server, ending in /mcp'),
  LLM_TRACKER_MCP_URL: url('Address of the llm-tracker MCP server, ending in /mcp'),
  COSTGUARD_MCP_URL: url('Address of the costguard MCP server, ending in /mcp'),
  MCP_AUTH: z
    .enum(['jwt', 'none'])
    .default('jwt')
    .meta({ description: 'Whether MCP over HTTP asks for an access token; none only on loopback' }),
  MCP_ALLOWED_HOSTS: text(
    'Comma-separated host names that MCP over HTTP answers to beyond loopback',
  ),
  MCP_STATE_DIR: text(
    'Folder in which MCP servers keep how many provider requests they made today; without it a restart forgets',
  ),
  COSTGUARD_ADMIN_PASSWORD: z.string().min(12).optional().meta({
    description: 'Password for the first admin; without it the first start makes and shows one',
  }),
  SESSION_HOURS: z.coerce.number().min(0.25).max(720).default(12).meta({
    description: 'Hours after which a browser session ends, used or not',
  }),
  SESSION_IDLE_MINUTES: z.coerce.number().min(5).max(43_200).default(120).meta({
    description: 'Minutes without a request after which a browser session ends',
  }),
  TRUSTED_PROXIES: z
    .string()
    .min(1)
    .default('loopback')
    .refine(areProxies, 'must be comma-separated addresses, ranges such as 10.0.0.0/8, or loopback')
    .meta({
      description:
        'Comma-separated proxies before the API whose X-Forwarded-For is believed: addresses, ranges, loopback, uniquelocal',
    }),
  OIDC_ISSUER: url('OpenID Connect provider that people sign in with; needs OIDC_ROLE_MAP too'),
  OIDC_CLIENT_ID: text('Client id of CostGuard at the OpenID Connect provider'),
  OIDC_CLIENT_SECRET: text('Client secret of CostGuard at the OpenID Connect provider'),
  OIDC_SCOPES: z
    .string()
    .regex(/(^| )openid( |$)/, 'must contain openid')
    .default('openid profile email')
    .meta({ description: 'Space-separated scopes asked for at the OpenID Connect provider' }),
  OIDC_ROLE_CLAIM: z.string().min(1).default('groups').meta({
    description:
      'Claim that says the roles of a person; dots lead inside, as in realm_access.roles',
  }),
  OIDC_ROLE_MAP: text(
    'Comma-separated VALUE=ROLE for the values of that claim; who has none of them is not let in',
  ),
  OIDC_BUTTON_LABEL: z
    .string()
    .min(1)
    .max(60)
    .default('Sign in with single sign-on')
    .meta({ description: 'Words on the button of the OpenID Connect sign-in' }),
  OIDC_ONLY: flag(
    false,
    'Take no passwords but that of the user admin, who is let in when the provider fails',
  ),
  OIDC_PRIVATE_HOSTS: text(
    'Comma-separated hosts of the OpenID Connect provider that may be private or not encrypted',
  ),
  COSTGUARD_KEK: z
    .string()
    .regex(/^[A-Za-z0-9_-]{43}=?$/, 'must be 32 bytes in base64url')
    .optional()
    .meta({
      description: 'Key that wraps stored secrets, 32 bytes in base64url; else COSTGUARD_HOME/kek',
    }),
  COSTGUARD_CLIENT_ID: text('Client id of the service account of this worker or MCP server'),
  COSTGUARD_CLIENT_SECRET: text(
    'Client secret of the service account of this worker or MCP server',
  ),
  COSTGUARD_PAYLOAD_KEYS: z
    .string()
    .regex(
      /^[\w-]+:[A-Za-z0-9_-]{43}(,[\w-]+:[A-Za-z0-9_-]{43})*$/,
      'must be comma-separated ID:KEY, each KEY 32 bytes in base64url',
    )
    .optional()
    .meta({
      description:
        'Keys of workflow payloads for this worker, as costguard init prints them: the first encrypts, all decrypt',
    }),
  KEY_ROTATION_DAYS: z.coerce.number().int().min(1).max(365).default(30).meta({
    description: 'Days after which the key that signs access tokens is replaced',
  }),
  COSTGUARD_KEK_PROVIDER: z
    .enum(['env', 'file', 'aws-kms', 'gcp-kms', 'azure-key-vault'])
    .optional()
    .meta({
      description:
        'Where the key that wraps stored secrets is; unset means env where COSTGUARD_KEK is set, else file',
    }),
  COSTGUARD_KEK_KEY: text(
    'Which key: a file; an id, ARN or alias of AWS KMS; projects/P/locations/L/keyRings/R/cryptoKeys/K; the address of a version of an Azure Key Vault key',
  ),
  COSTGUARD_KEK_PREVIOUS: text(
    'Earlier keys that still unwrap until costguard rewrap has run, comma-separated: 32 bytes in base64url, file:PATH, aws-kms:KEY, gcp-kms:KEY or azure-key-vault:KEY',
  ),
  ...backupVariables,
  POLLS_AT_ONCE: z.coerce.number().int().min(1).max(500).default(50).meta({
    description: 'Polls that a detective worker runs at once; each may hold a database connection',
  }),
  BACKFILL_MONTHS: z.coerce.number().int().min(0).max(36).default(13).meta({
    description: 'Months of history that are read for a new connection; 0 for none',
  }),
  // A quarter's budget is warned about once, and the log is what remembers it.
  DELIVERY_LOG_DAYS: z.coerce.number().int().min(100).max(3650).default(400).meta({
    description: 'Days for which messages that were sent stay in the delivery log',
  }),
  ACTION_EXPIRY_HOURS: z.coerce
    .number()
    .positive()
    .max(24 * 30)
    .default(72)
    .meta({ description: 'Hours after which a proposal that nobody decided expires' }),
  ACTION_REMINDER_HOURS: z.coerce
    .number()
    .min(0)
    .max(24 * 30)
    .default(24)
    .meta({
      description:
        'Hours before a proposal expires at which channels are reminded of it; 0 for never',
    }),
  ACTION_ESCALATION_HOURS: z.coerce
    .number()
    .min(0)
    .max(24 * 30)
    .default(8)
    .meta({
      description:
        'Hours before a proposal expires at which channels for escalations are told that nobody decided; 0 for never',
    }),
  ADVICE_STABLE_DAYS: z.coerce.number().int().min(1).max(30).default(3).meta({
    description: 'Days in a row on which a provider must advise the same before it is proposed',
  }),
  PROPOSAL_QUIET_DAYS: z.coerce.number().int().min(0).max(365).default(30).meta({
    description: 'Days for which the platform does not propose again what was not wanted',
  }),
  ROLLBACK_WINDOW_HOURS: z.coerce
    .number()
    .min(0)
    .max(24 * 30)
    .default(24)
    .meta({ description: 'Hours after success in which a person can roll an action back' }),
  SAVINGS_MEASURE_HOURS: z.coerce
    .number()
    .positive()
    .max(24 * 7)
    .default(24)
    .meta({ description: 'Hours between two measures of what an action saves, for about 20 days' }),
  NOTIFY_PRIVATE_HOSTS: text(
    'Comma-separated hosts that notifications may reach although they are private or not encrypted',
  ),
  TEAMS_REQUIRED: flag(
    false,
    'People who are in no team see nothing; unset, they see all that their role allows. Admins see everything',
  ),
  AWS_ENDPOINT_URL: url('Endpoint of the AWS APIs, read by the AWS SDK itself; unset means AWS'),
  AWS_REGION: text('Default AWS region, read by the AWS SDK itself'),
  AWS_CE_CALLS_PER_DAY: z.coerce.number().int().min(1).default(200).meta({
    description: 'Cost Explorer requests allowed for each connection and day (0.01 USD each)',
  }),
  GCP_BILLING_TABLE: z
    .string()
    .regex(/^[a-z][a-z0-9.:-]{4,62}\.\w{1,1024}\.[\w$-]{1,1024}$/, 'must be PROJECT.DATASET.TABLE')
    .optional()
    .meta({ description: 'Table or view of the Cloud Billing export, PROJECT.DATASET.TABLE' }),
  GCP_BYTES_PER_QUERY: z.coerce.number().int().min(1).default(10_737_418_240).meta({
    description: 'Bytes that one BigQuery query may scan; a dry run says so first',
  }),
  GCP_QUERIES_PER_DAY: z.coerce.number().int().min(1).default(500).meta({
    description: 'Google requests allowed for each connection and day',
  }),
  GCP_ENDPOINT_URL: url('Endpoint of the Google APIs besides BigQuery, instead of Google’s'),
  BIGQUERY_EMULATOR_HOST: url('BigQuery emulator to use instead of BigQuery, without credentials'),
  AZURE_COST_SCOPES: text(
    'Comma-separated Cost Management scopes, such as subscriptions/ID or providers/Microsoft.Management/managementGroups/ID',
  ),
  AZURE_CALLS_PER_DAY: z.coerce.number().int().min(1).default(1000).meta({
    description: 'Azure requests allowed for each connection and day',
  }),
  AZURE_ENDPOINT_URL: url('Azure Resource Manager, instead of https://management.azure.com'),
  OPENAI_ADMIN_KEY: text(
    'Admin key of the OpenAI organisation, read by llm-tracker and the action worker',
  ),
  OPENAI_BASE_URL: url('OpenAI API, instead of https://api.openai.com/v1'),
  ANTHROPIC_ADMIN_KEY: text(
    'Admin key of the Anthropic organisation, read by llm-tracker and the action worker',
  ),
  ANTHROPIC_BASE_URL: url('Anthropic API, instead of https://api.anthropic.com'),
  LLM_CALLS_PER_DAY: z.coerce.number().int().min(1).default(5000).meta({
    description: 'OpenAI or Anthropic requests allowed for each connection and day',
  }),
  LLM_HOURS_KEPT_MONTHS: z.coerce.number().int().min(3).max(120).default(13).meta({
    description:
      'Months for which the use of language models is kept by the hour; after that by the day',
  }),
  COSTGUARD_TOKEN: text('Access token of the costguard MCP server over stdio'),
});

/** The parsed configuration; handed down by the entry points. */
export type Env = z.infer<typeof EnvSchema>;

/** All mistakes in the environment, one line each, naming the variable but never its value. */
export class EnvError extends Error {
  readonly lines: string[];

  constructor(lines: string[]) {
    super(lines.join('\n'));
    this.name = 'EnvError';
    this.lines = lines;
  }
}

/**
 * Parses the environment once; an empty or blank string counts as not set.
 *
 * @throws EnvError with one line for each mistake
 */
export function parseEnv(source: Record<string, string | undefined>): Env {
  const given = Object.fromEntries(
    Object.entries(source).filter(([, value]) => value?.trim() !== ''),
  );
  const parsed = EnvSchema.safeParse(given);
  if (parsed.success) return parsed.data;
  throw new EnvError(
    parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`),
  );
}
