import { randomBytes } from 'node:crypto';
import { Command, Option } from 'commander';
import { Role } from '../../core/contracts/access.ts';
import { UserCreate } from '../../core/contracts/identity.ts';
import { CostGuardError } from '../../core/errors.ts';
import type { Database } from '../../db/connect.ts';
import { hashPassword } from '../../db/passwords/password.ts';
import { appendAudit } from '../../db/queries/audit/appendAudit.ts';
import { findUserByName } from '../../db/queries/identity/findUserByName.ts';
import { insertUser, listUsers, updateUser } from '../../db/queries/identity/users.ts';
import { withInstance } from '../instance.ts';

/** `costguard user add|list|password`: people, for the operator of the instance. */
export function userCommand(): Command {
  const command = new Command('user').description(
    'Add people, list them, give somebody a new password',
  );
  command
    .command('add <username>')
    .description('Add a person and print the password made up for them, once')
    .addOption(
      new Option('--role <role>', 'what they may do').choices(Role.options).default('viewer'),
    )
    .action((username: string, options: { role: Role }) => add(username, options.role));
  command.command('list').description('List people with role and state').action(list);
  command
    .command('password <username>')
    .description('Give somebody a new password, print it once, and end their sessions')
    .action(resetPassword);
  return command;
}

const makePassword = (): string => randomBytes(15).toString('base64url');

async function add(username: string, role: Role): Promise<void> {
  const password = makePassword();
  const parsed = UserCreate.safeParse({ username, role, password });
  if (!parsed.success) {
    throw new CostGuardError(
      'invalid_request',
      `The user name ${parsed.error.issues[0]?.message ?? 'is not valid'}.`,
    );
  }
  const passwordHash = await hashPassword(password);
  await withInstance(({ db }) =>
    db.transaction().execute(async (tx) => {
      const user = await insertUser(tx, { username, role, passwordHash });
      await audit(tx, 'user.create', user.id, { username, role });
    }),
  );
  process.stdout.write(`${username} ${password}\n`);
}

async function list(): Promise<void> {
  const { items } = await withInstance(({ db }) => listUsers(db, { limit: 10_000 }));
  for (const user of items) {
    process.stdout.write(
      `${user.username}\t${user.role}\t${user.enabled ? 'enabled' : 'disabled'}\n`,
    );
  }
}

async function resetPassword(username: string): Promise<void> {
  const password = makePassword();
  const passwordHash = await hashPassword(password);
  await withInstance(({ db }) =>
    db.transaction().execute(async (tx) => {
      const user = await findUserByName(tx, username);
      if (user === undefined)
        throw new CostGuardError(
          'user_not_found',
          `There is no user ${username}; "costguard user list" shows them.`,
        );
      await updateUser(tx, user.id, { passwordHash });
      await audit(tx, 'user.change', user.id, { passwordChanged: true });
    }),
  );
  process.stdout.write(`${username} ${password}\n`);
}

function audit(
  tx: Database,
  operation: string,
  id: string,
  detail: Record<string, unknown>,
): Promise<void> {
  return appendAudit(tx, {
    actorKind: 'system',
    actorId: null,
    actorName: 'costguard user',
    operation,
    subject: `user:${id}`,
    detail,
  });
}
