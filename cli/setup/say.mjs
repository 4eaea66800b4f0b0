/** Tells the person at the terminal something. On stderr: stdout belongs to the command, whose output programs read. */
export function say(line) {
  process.stderr.write(`${line}\n`);
}
