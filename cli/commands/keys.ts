import { Command } from 'commander';
import { appendAudit } from '../../db/queries/audit/appendAudit.ts';
import { listSigningKeys, type SigningKeyRow } from '../../db/queries/identity/listSigningKeys.ts';
import { rotateSigningKey, type Rotation } from '../../db/queries/identity/rotateSigningKey.ts';
import { loadSecrets } from '../../db/vault/loadSecrets.ts';
import { type Instance, withInstance } from '../instance.ts';

/** `costguard keys`: the keys that sign access tokens. */
export function keysCommand(): Command {
  const keys = new Command('keys').description('The keys that sign access tokens');
  keys
    .command('list')
    .description('List the keys that are kept, and what each does now')
    .action(async () => {
      const rows = await withInstance(({ db }) => listSigningKeys(db));
      process.stdout.write(rows.map((row) => `${describe(row, new Date())}\n`).join(''));
    });
  keys
    .command('rotate')
    .description(
      'Replace the signing key; tokens in use go on. Needs the instance’s database and key',
    )
    .option(
      '--withdraw',
      'for a private key that others may have: refuse at once all that was signed with the old keys',
      false,
    )
    .action(async ({ withdraw }: { withdraw: boolean }) => {
      const rotation = await withInstance((instance) => rotate(instance, withdraw));
      process.stdout.write(`${say(rotation, withdraw)}\n`);
    });
  return keys;
}

async function rotate({ db, env }: Instance, withdraw: boolean): Promise<Rotation | undefined> {
  const { vault } = await loadSecrets(db, env, { create: false });
  return db.transaction().execute(async (tx) => {
    const rotation = await rotateSigningKey(tx, vault, { withdraw });
    if (rotation === undefined) return undefined;
    await appendAudit(tx, {
      actorKind: 'system',
      actorId: null,
      actorName: 'costguard keys rotate',
      operation: 'signing_key.rotate',
      subject: `signing_key:${rotation.kid}`,
      detail: {
        signsFrom: rotation.signsFrom.toISOString(),
        replaced: rotation.replaced,
        withdrawn: withdraw,
      },
    });
    return rotation;
  });
}

function say(rotation: Rotation | undefined, withdraw: boolean): string {
  if (rotation === undefined) {
    return 'Nothing was done: a new key is published already and signs soon; see costguard keys list.';
  }
  const { kid, signsFrom } = rotation;
  return withdraw
    ? `${kid} signs now. Tokens of the old keys are refused within 10 seconds; services get new ones by themselves.`
    : `${kid} is published and signs from ${signsFrom.toISOString()} on; until then the old key does.`;
}

function describe(row: SigningKeyRow, now: Date): string {
  const until = (at: Date | null) => at?.toISOString() ?? '';
  if (row.withdrawnAt !== null) return `${row.kid}  withdrawn ${until(row.withdrawnAt)}`;
  if (row.signsFrom > now) return `${row.kid}  signs from ${until(row.signsFrom)}`;
  if (row.retiredAt === null) return `${row.kid}  signs since ${until(row.signsFrom)}`;
  return row.retiredAt > now
    ? `${row.kid}  signs until ${until(row.retiredAt)}`
    : `${row.kid}  retired ${until(row.retiredAt)}`;
}
