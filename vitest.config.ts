import { defineConfig } from 'vitest/config';

/** Nine lines from each process on Node 20; the SDK's version is pinned, so nothing follows from it. */
const env = { AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' };

const ROOMS = ['core', 'db', 'api', 'workflows', 'activities', 'workers', 'mcp-servers', 'cli'];

/** Two projects: `unit` stands beside the code, `integration` crosses rooms. Real servers are started once, when asked for. */
export default defineConfig({
  test: {
    globalSetup: ['tests/servers/globalSetup.ts'],
    // Two cores: more workers only make the real servers slower.
    maxWorkers: 2,
    projects: [
      {
        test: {
          name: 'unit',
          env,
          include: [...ROOMS.map((room) => `${room}/**/*.test.ts`), 'ui/src/**/*.test.ts'],
          testTimeout: 20_000,
          hookTimeout: 360_000,
          sequence: { groupOrder: 0 },
        },
      },
      {
        test: {
          name: 'integration',
          env,
          include: ['tests/**/*.test.ts'],
          testTimeout: 120_000,
          // The first hook may wait for the Temporal server to be built.
          hookTimeout: 900_000,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
