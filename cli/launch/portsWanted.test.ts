import { createServer } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { parseEnv } from '../../core/config/env.ts';
import { findFreePort } from './findFreePort.ts';
import { findPortConflict, portsWanted } from './portsWanted.ts';

const MCP_PORTS = [8601, 8602, 8603, 8604, 8605].map((port) => `MCP_PORT ${port}`);

const variables = (source: Record<string, string>) =>
  portsWanted(parseEnv(source)).map(({ variable, port }) => `${variable} ${port}`);

test('every server that is started has its ports checked', () => {
  expect(variables({})).toEqual([
    'UI_PORT 8501',
    'API_PORT 8000',
    ...MCP_PORTS,
    'TEMPORAL_PORT 7233',
    'TEMPORAL_UI_PORT 8233',
    'POSTGRES_PORT 8432',
    'DEMO_AWS_PORT 8650',
    'DEMO_AWS_PORT 8651',
  ]);
});

test('a server of the user’s own takes none of our ports', () => {
  const source = {
    DATABASE_URL: 'postgresql://db/costguard',
    TEMPORAL_ADDRESS: 'temporal:7233',
    DEMO_MODE: 'false',
  };
  expect(variables(source)).toEqual(['UI_PORT 8501', 'API_PORT 8000', ...MCP_PORTS]);
});

test('a taken port is one line that names it, who wants it and how to move', async () => {
  const port = await findFreePort();
  const blocker = createServer().listen(port, '127.0.0.1');
  onTestFinished(() => void blocker.close());
  await new Promise((resolve) => blocker.once('listening', resolve));
  const wanted = { port, host: '127.0.0.1', what: 'the API', variable: 'API_PORT' } as const;
  expect(await findPortConflict([wanted])).toBe(
    `Cannot start: port ${port} (the API) is taken, set API_PORT to another`,
  );
});

test('one port wanted twice is named before anything starts', async () => {
  const port = await findFreePort();
  const wanted = { port, host: '127.0.0.1', what: 'the API', variable: 'API_PORT' } as const;
  const other = { ...wanted, what: 'the dashboard', variable: 'UI_PORT' } as const;
  expect(await findPortConflict([wanted, other])).toBe(
    `Cannot start: port ${port} (the dashboard) is also that of the API`,
  );
});
