import { existsSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { runGenerate } from './generate.mjs';
import { listFiles } from './contentHash.mjs';
import { at } from './paths.mjs';
import { beginTemporal, prepare } from './prepare.mjs';
import { endChildrenOnSignal, SetupError } from './runProcess.mjs';
import { runTests } from './runTests.mjs';
import { say } from './say.mjs';

const ALL = ['code', 'bundles', 'ui'];

/** What `node cli/bootstrap.mjs COMMAND …` does; any other command is one of `costguard`. */
const COMMANDS = {
  start: async (args) => {
    loadEnvFile();
    if ((process.env.TEMPORAL_ADDRESS ?? '') === '') void beginTemporal();
    await prepare(ALL);
    return () => runCompiled('cli/launch/start.js', args);
  },
  build: () => prepare(ALL),
  test: async (args) => {
    void beginTemporal();
    await prepare(ALL);
    process.exitCode = await runTests(args);
  },
  generate: async (args) => {
    await prepare(['code']);
    process.exitCode = await runGenerate(args);
  },
  bench: async ([name, ...args]) => {
    requireBench(name);
    await prepare(['code', 'bundles']);
    return () => runCompiled(`bench/${name}.js`, args);
  },
};

/** Runs one command; its exit code is this process's. A failure to prepare is exit code 1 and one line. */
export async function runCommandLine([command, ...args]) {
  const removeHandlers = endChildrenOnSignal();
  try {
    const known = Object.hasOwn(COMMANDS, command ?? '') ? COMMANDS[command] : undefined;
    const then = known === undefined ? await costguard() : await known(args);
    removeHandlers();
    await (known === undefined ? then(command === undefined ? [] : [command, ...args]) : then?.());
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    say(error.message);
    process.exitCode = 1;
  }
}

async function costguard() {
  loadEnvFile();
  await prepare(['code']);
  return (args) => runCompiled('cli/costguard.js', args);
}

/** Runs a compiled entry point in this process, as if Node had been started with it. */
async function runCompiled(file, args) {
  const path = at('dist', file);
  process.argv = [process.execPath, path, ...args];
  await import(pathToFileURL(path).href);
}

/** Settings may stand in `.env`; what the environment itself says wins. */
function loadEnvFile() {
  if (existsSync(at('.env'))) process.loadEnvFile(at('.env'));
}

function requireBench(name) {
  const names = listFiles('bench').map((file) => file.replace(/^bench\/|\.ts$/g, ''));
  if (names.includes(name)) return;
  throw new SetupError(`Which benchmark? One of: ${names.join(', ') || 'none yet'}.`);
}
