import { Command, Option } from 'commander';
import { appendAudit } from '../../db/queries/audit/appendAudit.ts';
import { listSigningKeys, type SigningKeyRow } from '../../db/queries/identity/listSigningKeys.ts';
import {
  rotateSigningKey,
  type Rotation,
  rotationEntry,
} from '../../db/queries/identity/rotateSigningKey.ts';
import { loadSecrets } from '../../db/vault/loadSecrets.ts';
import { type Instance, withInstance } from '../instance.ts';
import { describePayloadKeys, rotatePayloads } from './keys/payloadKeys.ts';

const PAYLOADS = 'the keys that encrypt what workflows are given and give back';

/** `costguard keys`: the keys that sign access tokens, and those that encrypt the payloads of workflows. */
export function keysCommand(): Command {
  const keys = new Command('keys').description(
    'The keys that sign access tokens, and those of workflow payloads',
  );
  keys
    .command('list')
    .description('List the keys that are kept, and what each does now')
    .option('--payloads', PAYLOADS, false)
    .action(async ({ payloads }: { payloads: boolean }) => {
      const lines = await withInstance(payloads ? describePayloadKeys : describeSigningKeys);
      process.stdout.write(lines.map((line) => `${line}\n`).join(''));
    });
  keys
    .command('rotate')
    .description(
      'Replace the signing key; tokens in use go on. Needs the instance’s database and key',
    )
    .addOption(
      new Option(
        '--withdraw',
        'for a private key that others may have: refuse at once all that was signed with the old keys',
      )
        .default(false)
        .conflicts('payloads'),
    )
    .option('--payloads', PAYLOADS, false)
    .action(async ({ withdraw, payloads }: { withdraw: boolean; payloads: boolean }) => {
      const said = await withInstance(async (instance) =>
        payloads ? rotatePayloads(instance) : say(await rotate(instance, withdraw), withdraw),
      );
      process.stdout.write(`${said}\n`);
    });
  return keys;
}

async function describeSigningKeys({ db }: Instance): Promise<string[]> {
  return (await listSigningKeys(db)).map((row) => describe(row, new Date()));
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
      ...rotationEntry(rotation, withdraw),
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
