import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Nine lines from each process on Node 20; the SDK's version is pinned, so nothing follows from it. */
const env = { AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' };

const ROOMS = ['core', 'db', 'api', 'workflows', 'activities', 'workers', 'mcp-servers', 'cli'];

/** What takes minutes, the longest first. It begins before the rest, or one worker would be left with it at the end. */
const LONG = [
  'tests/security/schemathesis.test.ts',
  'tests/actions/faultMatrix.test.ts',
  'tests/mcp/everyProvider.test.ts',
  'tests/actions/killedWorker.test.ts',
  'tests/actions/histories.test.ts',
  'tests/actions/killMatrix.test.ts',
];

class LongFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification) => {
      const at = LONG.findIndex((file) => moduleId.endsWith(file));
      return at < 0 ? LONG.length : at;
    };
    return (await super.sort(files)).toSorted((a, b) => rank(a) - rank(b));
  }
}

/**
 * `unit` stands beside the code, `integration` crosses rooms, `chart` is about Kubernetes. Real servers are started once, when
 * asked for.
 */
export default defineConfig({
  test: {
    globalSetup: ['tests/servers/globalSetup.ts'],
    // One more than the cores of a small machine: a file waits for servers, timers and killed workers half of its time.
    maxWorkers: 3,
    sequence: { sequencer: LongFirst },
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
          exclude: ['tests/chart/**'],
          testTimeout: 120_000,
          // The first hook may wait for the Temporal server to be built.
          hookTimeout: 900_000,
          sequence: { groupOrder: 1 },
        },
      },
      {
        test: {
          name: 'chart',
          env,
          include: ['tests/chart/**/*.test.ts'],
          setupFiles: ['tests/chart/setup.ts'],
          testTimeout: 180_000,
          // The first hook may wait for Helm and an API server of Kubernetes to be built.
          hookTimeout: 1_800_000,
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
});
