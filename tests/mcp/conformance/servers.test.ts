import { describe, expect, test } from 'vitest';
import { startServer, type ServerName } from '../serverProcess.ts';
import { runInspector } from './runInspector.ts';
import { REVISIONS, runConformance, type Revision } from './runConformance.ts';

// Nothing stands behind these addresses: what the suite asks needs no provider.
const NOWHERE = 'http://127.0.0.1:9';
const ENVIRONMENTS: Record<ServerName, Record<string, string>> = {
  'aws-cost': {
    AWS_ENDPOINT_URL: NOWHERE,
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
  },
  'gcp-billing': { GCP_BILLING_TABLE: 'project.billing.export', BIGQUERY_EMULATOR_HOST: NOWHERE },
  'azure-cost': { AZURE_COST_SCOPES: 'subscriptions/00000000-0000-0000-0000-000000000001' },
  'llm-tracker': { OPENAI_ADMIN_KEY: 'test', OPENAI_BASE_URL: NOWHERE },
  costguard: { INTERNAL_API_URL: NOWHERE },
};

/**
 * Scenarios that call tools, prompts or resources of the suite's own by name, which no shipped server has (kit.test.ts runs
 * them with fixtures). Everything else must pass.
 */
const FIXTURES: Record<Revision, readonly string[]> = {
  '2025-11-25': [
    'logging-set-level',
    'completion-complete',
    'tools-call-simple-text',
    'tools-call-image',
    'tools-call-audio',
    'tools-call-embedded-resource',
    'tools-call-mixed-content',
    'tools-call-with-logging',
    'tools-call-error',
    'tools-call-with-progress',
    'tools-call-sampling',
    'tools-call-elicitation',
    'elicitation-sep1034-defaults',
    'elicitation-sep1330-enums',
    'server-sse-multiple-streams',
    'resources-read-text',
    'resources-read-binary',
    'resources-templates-read',
    'resources-subscribe',
    'resources-unsubscribe',
    'prompts-get-simple',
    'prompts-get-with-args',
    'prompts-get-embedded-resource',
    'prompts-get-with-image',
  ],
  '2026-07-28': [
    'server-stateless:sep-2575-server-rejects-undeclared-capability',
    'server-stateless:sep-2575-missing-capability-http-400',
    'server-stateless:sep-2575-http-server-no-independent-requests-on-stream',
    'server-stateless:sep-2575-server-no-log-without-loglevel',
    'completion-complete',
    'tools-call-simple-text',
    'tools-call-image',
    'tools-call-audio',
    'tools-call-embedded-resource',
    'tools-call-mixed-content',
    'tools-call-error',
    'tools-call-with-progress',
    'resources-read-text',
    'resources-read-binary',
    'resources-templates-read',
    'prompts-get-simple',
    'prompts-get-with-args',
    'prompts-get-embedded-resource',
    'prompts-get-with-image',
    'input-required-result-basic-elicitation',
    'input-required-result-basic-sampling',
    'input-required-result-basic-list-roots',
    'input-required-result-request-state',
    'input-required-result-multiple-input-requests',
    'input-required-result-multi-round',
    'input-required-result-non-tool-request',
    'input-required-result-result-type',
    'input-required-result-tampered-state',
    'input-required-result-capability-check',
    // Both ask a fixture of the suite; only a warning, which counts where a baseline is given.
    'input-required-result-missing-input-response:sep-2322-missing-response-rerequests',
    'input-required-result-ignore-extra-params:sep-2322-ignore-unexpected-params',
  ],
};

/** What must really have been checked, by revision: a scenario that made no check has not passed anything. */
const MUST_PASS: Record<Revision, readonly string[]> = {
  '2025-11-25': [
    'server-initialize',
    'ping',
    'tools-list',
    'resources-list',
    'prompts-list',
    'dns-rebinding-protection',
  ],
  '2026-07-28': [
    'server-stateless',
    'tools-list',
    'resources-list',
    'prompts-list',
    'caching',
    'dns-rebinding-protection',
    'http-header-validation',
    'server-sse-multiple-streams',
    'sep-2164-resource-not-found',
    'input-required-result-unsupported-methods',
    'input-required-result-ignore-extra-params',
    'input-required-result-validate-input',
  ],
};

describe.each(Object.entries(ENVIRONMENTS))('%s as it is shipped', (name, env) => {
  test.each(REVISIONS)('passes revision %s but for the suite’s own fixtures', async (revision) => {
    const server = await startServer(name as ServerName, env);
    try {
      const report = await runConformance(server.url, revision, FIXTURES[revision]);
      expect(report.exitCode, report.output).toBe(0);
      for (const scenario of MUST_PASS[revision]) {
        expect(report.passed.get(scenario)?.length, scenario).toBeGreaterThan(0);
      }
    } finally {
      await server.stop();
    }
  });

  test('has schemas that the official inspector finds portable among hosts', async () => {
    const server = await startServer(name as ServerName, env);
    try {
      const at = [server.url.href, '--transport', 'http', '--protocol-era', 'auto'];
      const { exitCode, stdout, stderr } = await runInspector(
        ...at,
        ...['--method', 'tools/list', '--strict'],
      );
      expect(exitCode, stderr).toBe(0);
      expect(stdout).toContain('outputSchema');
    } finally {
      await server.stop();
    }
  });
});
