import { readFileSync, rmSync } from 'node:fs';
import { at } from './paths.mjs';
import { npm, runProcess } from './runProcess.mjs';
import { say } from './say.mjs';

/**
 * Runs the checks (format, lint, types, dead code, generated files) and all tests; with arguments, only the tests that
 * vitest selects by them. Ends with one plain line that counts the tests.
 *
 * @returns {Promise<number>} the exit code: 0 only when everything passed
 */
export async function runTests(args) {
  const isWhole = args.length === 0;
  const checks = isWhole
    ? await runProcess(...npm('run', '--silent', 'check'), { isOutput: true })
    : 0;
  const report = at('.cache', 'vitest.json');
  rmSync(report, { force: true });
  const vitest = at('node_modules', 'vitest', 'vitest.mjs');
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
  const tests = await runProcess(process.execPath, [vitest, 'run', ...reporters, ...args], {
    isOutput: true,
  });
  if (checks !== 0) say('The checks failed (npm run check); see above.');
  process.stdout.write(`${countLine(report)}\n`);
  return checks === 0 && tests === 0 ? 0 : 1;
}

function countLine(report) {
  let counts;
  try {
    counts = JSON.parse(readFileSync(report, 'utf8'));
  } catch {
    return 'tests: 0 passed, 1 failed';
  }
  const { numPassedTests: passed, numPendingTests: pending, numTodoTests: todo } = counts;
  // A file that does not even load has no test that could fail.
  const broken = counts.testResults.filter(
    (file) => file.status === 'failed' && file.assertionResults.length === 0,
  ).length;
  const failed = counts.numFailedTests + broken;
  return `tests: ${passed} passed, ${failed} failed, ${pending + todo} skipped`;
}
