import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { contentHash, listFiles } from './contentHash.mjs';
import { at } from './paths.mjs';
import { mustRun, npm } from './runProcess.mjs';
import { say } from './say.mjs';

const SERVER = ['core', 'db', 'mcp-servers', 'activities', 'workflows', 'workers', 'api', 'cli'];
const QUEUES = ['detective', 'actions', 'llm', 'backups'];
const BUNDLED = [...QUEUES, ...QUEUES.map((queue) => `${queue}Versioned`)];
/** JavaScript already, because Temporal's SDK loads it by its path, from sources too. */
const FAILURE_CONVERTER = 'db/payloads/failureConverter.cjs';
const stampFile = at('dist', '.built.json');

/** What is built: from which sources, into what, and by what; `after` names a part that must be built before. */
const PARTS = {
  code: {
    sources: [...SERVER, 'bench', 'tsconfig.json', 'tsconfig.build.json', 'package-lock.json'],
    results: ['dist/cli/costguard.js', 'dist/core/errors.js', `dist/${FAILURE_CONVERTER}`],
    build: compile,
  },
  bundles: {
    sources: [
      'workflows',
      'core',
      'db/payloads',
      'package-lock.json',
      'workers/bundleWorkflows.ts',
    ],
    results: BUNDLED.map((name) => `dist/workflows/${name}.bundle.js`),
    after: 'code',
    build: () => {
      const args = [at('dist/workers/bundleWorkflows.js'), ...BUNDLED];
      return mustRun('bundling the workflows', process.execPath, args, { isQuiet: true });
    },
  },
  ui: {
    sources: ['ui', 'package-lock.json'],
    results: ['ui/dist/index.html'],
    build: () => {
      const [command, args] = npm('run', '--silent', 'build', '--workspace', 'ui');
      return mustRun('building the dashboard', command, args, { isQuiet: true });
    },
  },
};

/** The parts, of those named, whose sources changed since they were built. */
export function findStale(names) {
  const built = readStamps();
  return names.filter((name) => {
    const { results, sources } = PARTS[name];
    if (!results.every((file) => existsSync(at(file)))) return true;
    return built[name] !== contentHash(sources);
  });
}

/** Builds the named parts, those that can at the same time. */
export async function build(names) {
  say(`building: ${names.join(', ')} …`);
  const started = new Map();
  const start = async (name) => {
    const { after, build: make, sources } = PARTS[name];
    if (after !== undefined) await started.get(after);
    const hash = contentHash(sources);
    await make();
    saveStamp(name, hash);
  };
  for (const name of Object.keys(PARTS).filter((part) => names.includes(part))) {
    started.set(name, start(name));
  }
  const failed = (await Promise.allSettled(started.values())).filter(
    (r) => r.status === 'rejected',
  );
  if (failed.length > 0) throw failed[0].reason;
}

async function compile() {
  const tsc = at('node_modules', 'typescript', 'bin', 'tsc');
  // Results that were deleted by hand would not come back from an incremental run.
  if (!existsSync(at('dist', 'core', 'errors.js')))
    rmSync(at('dist', '.tsbuildinfo'), { force: true });
  await mustRun('compiling', process.execPath, [tsc, '-p', 'tsconfig.build.json'], {
    isQuiet: true,
  });
  copyFileSync(at(FAILURE_CONVERTER), at('dist', FAILURE_CONVERTER));
  for (const room of [...SERVER, 'bench']) removeOrphans(room);
}

/** The compiler leaves the result of a source that was deleted or renamed. */
function removeOrphans(room) {
  const kept = new Set(listFiles(room).map((file) => file.replace(/\.ts$/, '')));
  for (const file of listFiles(`dist/${room}`).filter((name) => !name.endsWith('.bundle.js'))) {
    const source = file.slice('dist/'.length).replace(/(\.d\.ts|\.js)(\.map)?$/, '');
    if (!kept.has(source)) rmSync(at(file));
  }
}

function readStamps() {
  try {
    return JSON.parse(readFileSync(stampFile, 'utf8'));
  } catch {
    return {};
  }
}

function saveStamp(name, hash) {
  mkdirSync(at('dist'), { recursive: true });
  writeFileSync(stampFile, JSON.stringify({ ...readStamps(), [name]: hash }));
}
