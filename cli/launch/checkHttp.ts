/** A container's health check: exit code 0 when the address given as argument answers well, else 1. */
const [url = ''] = process.argv.slice(2);
const isOk = await fetch(url, { signal: AbortSignal.timeout(4_000) }).then(
  (answer) => answer.ok,
  () => false,
);
process.exit(isOk ? 0 : 1);
