import pg from 'pg';

/** The role CostGuard connects as: it owns its tables, not the database, and is no superuser. */
export const APP_ROLE = 'costguard';

/**
 * Makes the role and the database, or sets the role's password anew when they exist. The database belongs to the
 * superuser; what the role may do in it comes with `migrate` (db/roles/prepareRoles.ts).
 */
export async function createAppDatabase(options: {
  superuserUrl: string;
  password: string;
  database: string;
}): Promise<void> {
  const client = new pg.Client({ connectionString: options.superuserUrl });
  await client.connect();
  try {
    const secret = client.escapeLiteral(options.password);
    const database = client.escapeIdentifier(options.database);
    const role = await client.query('select from pg_roles where rolname = $1', [APP_ROLE]);
    const verb = role.rowCount === 0 ? 'create' : 'alter';
    await client.query(`${verb} role ${APP_ROLE} login nosuperuser nocreatedb password ${secret}`);
    const found = await client.query('select from pg_database where datname = $1', [
      options.database,
    ]);
    if (found.rowCount === 0) await client.query(`create database ${database}`);
  } finally {
    await client.end();
  }
}

/** The address under which CostGuard connects. */
export const appDatabaseUrl = (port: number, password: string, database: string): string =>
  `postgresql://${APP_ROLE}:${password}@127.0.0.1:${port}/${database}`;
