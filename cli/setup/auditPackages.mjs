import { spawn } from 'node:child_process';
import { pathToFileURL } from 'node:url';
import { root } from './paths.mjs';
import { npm } from './runProcess.mjs';
import { say } from './say.mjs';

const REFUSED = ['high', 'critical'];

/**
 * Asks the registry for known vulnerabilities of the packages that run in production, all that they bring along included;
 * high and critical ones fail. A registry that keeps no advisories (mirrors often do not) is said to, and does not fail:
 * whoever must know asks one that does, with `npm_config_registry`, and `AUDIT_REQUIRED=true` fails without an answer.
 *
 * @returns {Promise<number>} the exit code: 0 nothing found, 1 something found, 3 no answer where one was required
 */
export async function auditPackages({ isRequired }) {
  const answer = parse(await output(...npm('audit', '--omit=dev', '--json')));
  if (answer?.vulnerabilities === undefined) {
    const why = answer?.message ?? answer?.error?.summary ?? 'no answer';
    say(`The packages were NOT checked: the registry keeps no advisories or is away (${why}).`);
    return isRequired ? 3 : 0;
  }
  const found = Object.values(answer.vulnerabilities).filter(({ severity }) =>
    REFUSED.includes(severity),
  );
  for (const { name, severity, range, via } of found) {
    const titles = via.map((cause) => (typeof cause === 'string' ? cause : cause.title));
    say(`${name} ${range}: ${severity}: ${titles.join('; ')}`);
  }
  if (found.length > 0) return 1;
  say('No package that runs in production has a known high or critical vulnerability.');
  return 0;
}

function output(command, args) {
  const child = spawn(command, args, { cwd: root, stdio: ['ignore', 'pipe', 'ignore'] });
  const said = [];
  child.stdout.on('data', (chunk) => said.push(chunk));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    // npm ends with 1 both when it found something and when it could not ask: what it wrote tells.
    child.once('close', () => resolve(Buffer.concat(said).toString()));
  });
}

function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  process.exitCode = await auditPackages({ isRequired: process.env.AUDIT_REQUIRED === 'true' });
}
