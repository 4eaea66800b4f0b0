import pg from 'pg';

/** The role CostGuard connects as: it owns its databases and is no superuser. */
export const APP_ROLE = 'costguard';

/**
 * Makes the role and a database that it owns, or sets the role's password anew when they exist. The role may create
 * databases only where `mayCreateDatabases` says so (tests clone a template).
 */
export async function createAppDatabase(options: {
  superuserUrl: string;
  password: string;
  database: string;
  mayCreateDatabases?: boolean;
}): Promise<void> {
  const client = new pg.Client({ connectionString: options.superuserUrl });
  await client.connect();
  try {
    const secret = client.escapeLiteral(options.password);
    const database = client.escapeIdentifier(options.database);
    const rights = options.mayCreateDatabases === true ? 'createdb' : 'nocreatedb';
    const role = await client.query('select from pg_roles where rolname = $1', [APP_ROLE]);
    const verb = role.rowCount === 0 ? 'create' : 'alter';
    await client.query(`${verb} role ${APP_ROLE} login nosuperuser ${rights} password ${secret}`);
    const found = await client.query('select from pg_database where datname = $1', [
      options.database,
    ]);
    if (found.rowCount === 0) await client.query(`create database ${database} owner ${APP_ROLE}`);
  } finally {
    await client.end();
  }
}

/** The address under which CostGuard connects. */
export const appDatabaseUrl = (port: number, password: string, database: string): string =>
  `postgresql://${APP_ROLE}:${password}@127.0.0.1:${port}/${database}`;
