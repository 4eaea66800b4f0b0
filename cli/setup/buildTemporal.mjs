// Run as a process of its own: prints the path of the Temporal server it built, or of the one built before.
import { buildTemporal } from './temporalBinary.mjs';

// So that the compiler is ended too, by the handler of 'exit'.
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(1));

try {
  process.stdout.write(`${await buildTemporal()}\n`);
} catch (error) {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
