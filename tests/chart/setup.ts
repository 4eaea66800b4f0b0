import { beforeAll } from 'vitest';
import { ensureTool } from '../servers/kubernetes/ensureTool.ts';

// Before the tests, whose time limit is too short for the first build.
beforeAll(async () => {
  for (const tool of ['helm', 'kubeconform', 'kubectl'] as const) await ensureTool(tool);
});
