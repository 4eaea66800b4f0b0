import {
  awsCostMcpUrl,
  azureCostMcpUrl,
  costguardMcpUrl,
  gcpBillingMcpUrl,
  internalApiUrl,
  llmTrackerMcpUrl,
} from '../../core/config/addresses.ts';
import type { Env } from '../../core/config/env.ts';
import { type Finding, not, ok } from './finding.ts';

const WAIT_MS = 5_000;

/** The parts that answer HTTP: API, dashboard, and each MCP server. */
export function checkParts(env: Env): Promise<Finding[]> {
  const health = (mcpUrl: string) => new URL('/healthz', mcpUrl).href;
  const servers = {
    'aws-cost': awsCostMcpUrl(env),
    'gcp-billing': gcpBillingMcpUrl(env),
    'azure-cost': azureCostMcpUrl(env),
    'llm-tracker': llmTrackerMcpUrl(env),
    costguard: costguardMcpUrl(env),
  };
  return Promise.all([
    check('API', `${internalApiUrl(env)}/readyz`, 'api'),
    check('dashboard', `http://127.0.0.1:${env.UI_PORT}/`, 'dashboard'),
    ...Object.entries(servers).map(([name, url]) =>
      check(`${name} MCP server`, health(url), `${name}-server`),
    ),
  ]);
}

async function check(part: string, url: string, container: string): Promise<Finding> {
  const start = `Start it (npm start, or docker compose up -d ${container}), and read its log where it ends by itself. Where it runs elsewhere, set its address (README, "Configuration").`;
  try {
    const answer = await fetch(url, { signal: AbortSignal.timeout(WAIT_MS) });
    const text = await answer.text();
    if (answer.ok) return ok(part, new URL(url).origin);
    return not(
      'failed',
      part,
      `${url} answers ${answer.status}${text.length < 200 && text !== '' ? `: ${text}` : ''}`,
      'Mend first what else is reported here: it answers so while the database or Temporal is away. Then read its log.',
    );
  } catch {
    return not('away', part, `nothing answers at ${url}`, start);
  }
}
