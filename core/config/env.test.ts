import { describe, expect, test } from 'vitest';
import {
  awsCostMcpUrl,
  codecUrl,
  costMcpUrl,
  internalApiUrl,
  mcpAudience,
  publicApiUrl,
  publicUiUrl,
  temporalAddress,
  temporalUiUrl,
} from './addresses.ts';
import { EnvError, EnvSchema, parseEnv } from './env.ts';

const mistakes = (source: Record<string, string>): string[] => {
  try {
    parseEnv(source);
    return [];
  } catch (error) {
    return error instanceof EnvError ? error.lines : ['another error'];
  }
};

test('nothing has to be set', () => {
  expect(parseEnv({})).toMatchObject({
    API_PORT: 8000,
    UI_PORT: 8501,
    MCP_PORT: 8601,
    TEMPORAL_PORT: 7233,
    TEMPORAL_UI_PORT: 8233,
    COSTGUARD_HOME: '.costguard',
    BIND_ADDRESS: '127.0.0.1',
    DEMO_MODE: true,
    MCP_AUTH: 'jwt',
    LOG_LEVEL: 'info',
  });
});

test('a text of blanks counts as not set, not as zero', () => {
  expect(parseEnv({ ROLLBACK_WINDOW_HOURS: ' ', DATABASE_URL: '\t' })).toEqual(parseEnv({}));
});

test('an empty text counts as not set, as in compose files and charts', () => {
  const empty = Object.fromEntries(Object.keys(EnvSchema.shape).map((name) => [name, '']));
  expect(parseEnv(empty)).toEqual(parseEnv({}));
});

test('what is not ours is left alone', () => {
  expect(parseEnv({ PATH: '/bin', HOME: '/root' })).toEqual(parseEnv({}));
});

test('all mistakes are told at once, one a line, by name and never with the value', () => {
  const source = {
    API_PORT: 'secret-8000',
    UI_PORT: '70000',
    DATABASE_URL: 'mysql://user:secret@host/db',
    TEMPORAL_ADDRESS: 'http://secret:7233',
    COSTGUARD_KEK: 'secret-key',
    COSTGUARD_ADMIN_PASSWORD: 'secret',
    DEMO_MODE: 'secret-yes',
    LOG_LEVEL: 'secret-loud',
    PUBLIC_API_URL: 'secret',
    ACTION_EXPIRY_HOURS: 'secret',
  };
  const lines = mistakes(source);
  expect(lines.map((line) => line.split(':')[0]).sort()).toEqual(Object.keys(source).sort());
  for (const line of lines) expect(line).not.toContain('secret');
  expect(new EnvError(lines).message.split('\n')).toHaveLength(lines.length);
});

describe('a value', () => {
  test.each([
    ['API_PORT', ['1', '8000', '65535'], ['0', '65536', '-1', '80.5', 'http', '8000x']],
    ['DEMO_MODE', ['true', 'false', '1', '0'], ['TRUE', 'yes', '2']],
    [
      'DATABASE_URL',
      ['postgres://h/d', 'postgresql://u:p@h:5432/d?sslmode=require'],
      ['http://h', 'h:5432'],
    ],
    [
      'TEMPORAL_ADDRESS',
      ['127.0.0.1:7233', 'temporal.svc:7233'],
      ['temporal', 'http://t:7233', 'a b:1'],
    ],
    [
      'COSTGUARD_KEK',
      ['A'.repeat(43), `${'A'.repeat(43)}=`],
      ['A'.repeat(42), 'A'.repeat(44), `${'A'.repeat(42)}+`],
    ],
    [
      'COSTGUARD_PAYLOAD_KEYS',
      [`a:${'A'.repeat(43)}`, `a-1:${'A'.repeat(43)},b:${'B'.repeat(43)}`],
      ['A'.repeat(43), `a:${'A'.repeat(42)}`, `a:${'A'.repeat(43)},`],
    ],
    ['COSTGUARD_ADMIN_PASSWORD', ['x'.repeat(12)], ['x'.repeat(11)]],
    ['ACTION_EXPIRY_HOURS', ['1', '0.5', '720'], ['0', '721', 'soon']],
    ['ADVICE_STABLE_DAYS', ['1', '30'], ['0', '31', '1.5']],
    ['PROPOSAL_QUIET_DAYS', ['0', '365'], ['-1', '366']],
    ['ROLLBACK_WINDOW_HOURS', ['0', '720'], ['-1', '721']],
    ['AWS_CE_CALLS_PER_DAY', ['1'], ['0', '1.5']],
  ])('of %s', (name, good, bad) => {
    for (const value of good) expect(mistakes({ [name]: value }), value).toEqual([]);
    for (const value of bad) expect(mistakes({ [name]: value }), value).toHaveLength(1);
  });

  test('of a flag is a boolean', () => {
    expect(parseEnv({ DEMO_MODE: '0' }).DEMO_MODE).toBe(false);
    expect(parseEnv({ DEMO_MODE: 'true' }).DEMO_MODE).toBe(true);
  });
});

test('every variable says what it is for', () => {
  for (const [name, schema] of Object.entries(EnvSchema.shape))
    expect(schema.meta()?.['description'] ?? '', name).not.toBe('');
});

describe('addresses', () => {
  test.each([
    ['aws', 'AWS_COST_MCP_URL', 9100],
    ['gcp', 'GCP_BILLING_MCP_URL', 9101],
    ['azure', 'AZURE_COST_MCP_URL', 9102],
    ['openai', 'LLM_TRACKER_MCP_URL', 9103],
    ['anthropic', 'LLM_TRACKER_MCP_URL', 9103],
  ] as const)('of the server for %s is %s, else a port of its own', (provider, name, port) => {
    const source = { MCP_PORT: '9100' };
    expect(costMcpUrl(parseEnv(source), provider)).toBe(`http://127.0.0.1:${port}/mcp`);
    const given = parseEnv({ ...source, [name]: 'http://elsewhere:1/mcp' });
    expect(costMcpUrl(given, provider)).toBe('http://elsewhere:1/mcp');
  });

  test('follow the ports where nothing else is said', () => {
    const env = parseEnv({
      API_PORT: '9000',
      UI_PORT: '9001',
      MCP_PORT: '9002',
      TEMPORAL_PORT: '9003',
      TEMPORAL_UI_PORT: '9004',
    });
    expect(publicApiUrl(env)).toBe('http://localhost:9000');
    expect(internalApiUrl(env)).toBe('http://127.0.0.1:9000');
    expect(publicUiUrl(env)).toBe('http://localhost:9001');
    expect(awsCostMcpUrl(env)).toBe('http://127.0.0.1:9002/mcp');
    expect(temporalAddress(env)).toBe('127.0.0.1:9003');
    expect(temporalUiUrl(env)).toBe('http://localhost:9004');
    expect(codecUrl(env)).toBe('http://localhost:9001/api/v1/codec');
    expect(mcpAudience(env)).toBe('http://localhost:9000/mcp');
  });

  test('are taken as they are set, without a slash at the end', () => {
    const env = parseEnv({
      PUBLIC_API_URL: 'https://api.example/',
      INTERNAL_API_URL: 'http://api:8000//',
      PUBLIC_UI_URL: 'https://ui.example/',
      TEMPORAL_UI_URL: 'https://temporal.example/ui/',
      TEMPORAL_ADDRESS: 'temporal:7233',
      AWS_COST_MCP_URL: 'http://aws:8601/mcp',
    });
    expect(publicApiUrl(env)).toBe('https://api.example');
    expect(internalApiUrl(env)).toBe('http://api:8000');
    expect(publicUiUrl(env)).toBe('https://ui.example');
    expect(temporalUiUrl(env)).toBe('https://temporal.example/ui');
    expect(temporalAddress(env)).toBe('temporal:7233');
    expect(awsCostMcpUrl(env)).toBe('http://aws:8601/mcp');
    expect(mcpAudience(env)).toBe('https://api.example/mcp');
  });
});
