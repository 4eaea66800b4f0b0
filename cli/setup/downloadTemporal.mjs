// Run as a process of its own, because a download of the SDK cannot be stopped: prints the path of the downloaded server.
import { mkdirSync } from 'node:fs';
import { TestWorkflowEnvironment } from '@temporalio/testing';
import { downloadDir, downloadedTemporal } from './temporalBinary.mjs';

mkdirSync(downloadDir, { recursive: true });
const environment = await TestWorkflowEnvironment.createLocal({
  server: { executable: { type: 'cached-download', downloadDir, ttl: '365 days' } },
});
await environment.teardown();
process.stdout.write(`${downloadedTemporal() ?? ''}\n`);
