import { Command, InvalidArgumentError } from 'commander';
import { CostGuardError } from '../../core/errors.ts';
import { appendAudit } from '../../db/queries/audit/appendAudit.ts';
import { resealLegacy } from '../../db/queries/rewrap/resealLegacy.ts';
import {
  countOldWraps,
  rewrapCredentials,
  rewrapVaultKeys,
} from '../../db/queries/rewrap/rewrapKeys.ts';
import { loadSecrets } from '../../db/vault/loadSecrets.ts';
import { type Instance, withInstance } from '../instance.ts';

const ROWS_AT_ONCE = 50;

/** `costguard rewrap`: wraps all data keys by the KEK of now, while everything goes on. */
export function rewrapCommand(): Command {
  return new Command('rewrap')
    .description(
      'Wrap all data keys of stored secrets by the KEK of now; the one of before stands in COSTGUARD_KEK_PREVIOUS',
    )
    .option('--batch <rows>', 'rows of one transaction, 1 to 1000', toRows, ROWS_AT_ONCE)
    .action(async ({ batch }: { batch: number }) => {
      const { done, kekId } = await withInstance((instance) => rewrapAll(instance, batch));
      process.stdout.write(
        done === 0
          ? `Everything is wrapped by ${kekId} already.\n`
          : `Wrapped anew by ${kekId}: ${done}. Once every part runs with it, remove COSTGUARD_KEK_PREVIOUS and destroy the old key.\n`,
      );
    });
}

/** Each batch is a transaction of its own: stopped anywhere, the next run does the rest. */
async function rewrapAll({ db, env }: Instance, rowsMax: number) {
  const { vault, keyring } = await loadSecrets(db, env, { create: false });
  let done = await rewrapVaultKeys(db, keyring);
  for (const step of [
    () => rewrapCredentials(db, keyring, rowsMax),
    () => resealLegacy(db, vault, rowsMax),
  ]) {
    for (let count = await step(); count > 0; count = await step()) done += count;
  }
  const left = await countOldWraps(db, keyring);
  if (left > 0)
    throw new CostGuardError(
      'key_unavailable',
      `${left} data keys are still wrapped by another KEK: another run holds them, or a part that was not restarted stores secrets with the old key. Restart every part with the new key, then run this again.`,
    );
  if (done > 0)
    await db.transaction().execute((tx) =>
      appendAudit(tx, {
        actorKind: 'system',
        actorId: null,
        actorName: 'costguard rewrap',
        operation: 'kek.rewrap',
        subject: null,
        detail: { kek: keyring.current.id, count: done },
      }),
    );
  return { done, kekId: keyring.current.id };
}

function toRows(text: string): number {
  const rows = Number(text);
  if (Number.isInteger(rows) && rows >= 1 && rows <= 1_000) return rows;
  throw new InvalidArgumentError('Give a whole number from 1 to 1000.');
}
