import { spawn } from 'node:child_process';
import { root } from './paths.mjs';

const running = new Set();

/**
 * Runs a process to its end and returns its exit code. What it writes goes to stderr, all of it or, when `isQuiet`, only
 * if it fails; `isOutput` lets its stdout through as ours.
 */
export function runProcess(command, args, { isQuiet = false, isOutput = false } = {}) {
  const stdio = isQuiet ? ['ignore', 'pipe', 'pipe'] : ['ignore', isOutput ? 1 : 2, 2];
  const child = spawn(command, args, { cwd: root, stdio });
  running.add(child);
  const said = [];
  child.stdout?.on('data', (chunk) => said.push(chunk));
  child.stderr?.on('data', (chunk) => said.push(chunk));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => {
      running.delete(child);
      if (code !== 0) process.stderr.write(Buffer.concat(said));
      resolve(code ?? 1);
    });
  });
}

/** As `runProcess`, but a failure is an error that says what failed. */
export async function mustRun(what, command, args, options) {
  const code = await runProcess(command, args, options);
  if (code !== 0) throw new SetupError(`${what} failed (exit code ${code}); see above.`);
}

/** A failure whose message is all that a person needs; no stack is shown. */
export class SetupError extends Error {}

/** Ends what runs here when this process is told to end; returns the function that takes the handlers away again. */
export function endChildrenOnSignal() {
  const end = (signal) => {
    for (const child of running) child.kill(signal);
    process.exit(signal === 'SIGINT' ? 130 : 143);
  };
  process.on('SIGINT', end).on('SIGTERM', end);
  return () => process.off('SIGINT', end).off('SIGTERM', end);
}

/** How npm is started: with the npm that started us, where there is one. */
export function npm(...args) {
  const cli = process.env.npm_execpath;
  return cli?.endsWith('.js') ? [process.execPath, [cli, ...args]] : ['npm', args];
}
