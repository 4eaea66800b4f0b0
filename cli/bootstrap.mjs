#!/usr/bin/env node
// The first thing that runs, before anything is installed or compiled: it may import only Node's own modules.
const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  process.stderr.write(
    `CostGuard needs Node 20.19 or later and this is Node ${process.versions.node}. See https://nodejs.org.\n`,
  );
  process.exit(1);
}
const { runCommandLine } = await import('./setup/commandLine.mjs');
await runCommandLine(process.argv.slice(2));
