import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { listFiles } from './contentHash.mjs';
import { at } from './paths.mjs';
import { runProcess } from './runProcess.mjs';
import { say } from './say.mjs';

const ROOMS = ['openapi.json', 'core', 'db', 'api', 'mcp-servers', 'workflows', 'activities', 'ui'];

/**
 * Writes all generated files anew. With `--check` it is a failure when that changes any of them: somebody changed a
 * source and not what is generated from it.
 *
 * @returns {Promise<number>} the exit code
 */
export async function runGenerate(args) {
  const isCheck = args.includes('--check');
  const before = hashes();
  const rest = args.filter((arg) => arg !== '--check');
  const code = await runProcess(process.execPath, [at('dist/cli/generate/main.js'), ...rest], {
    isQuiet: isCheck,
  });
  if (code !== 0 || !isCheck) return code;
  const after = hashes();
  const changed = [...new Set([...before.keys(), ...after.keys()])].filter(
    (file) => before.get(file) !== after.get(file),
  );
  if (changed.length === 0) return 0;
  say(
    `Generated files were out of date; they are written anew now, commit them: ${changed.join(', ')}`,
  );
  return 1;
}

function hashes() {
  const files = ROOMS.flatMap(listFiles).filter((file) => /\.gen\.|^openapi\.json$/.test(file));
  const hash = (file) =>
    createHash('sha256')
      .update(readFileSync(at(file)))
      .digest('hex');
  return new Map(files.map((file) => [file, hash(file)]));
}
