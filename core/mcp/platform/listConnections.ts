import { z } from 'zod';
import { ConnectionHealth, ConnectionMode } from '../../contracts/connection.ts';
import { Provider } from '../../contracts/scalars.ts';
import { brief } from '../brief.ts';
import { defineToolContract } from '../toolContract.ts';
import { field } from './field.ts';
import { ListEnvelope } from './listEnvelope.ts';
import { platformArgument } from './platformArgument.ts';

const Row = brief(
  z.object({
    connectionId: field.text('Id'),
    name: field.text('Name'),
    x_Provider: Provider.describe('Provider'),
    mode: ConnectionMode.describe('Whether anything may be changed in the account'),
    enabled: field.flag('Whether it is polled'),
    demo: field.flag('Its costs are made up'),
    pollIntervalMinutes: field.number('Minutes between two polls'),
    lastPollAt: field.instantOrNull('Last poll'),
    dataUntil: field.dayOrNull('Newest day with costs'),
    health: ConnectionHealth.shape.status.describe('How the last poll of costs went'),
    healthSince: field.instant('Since when'),
    healthCode: field.textOrNull('Code of what went wrong'),
    toDo: field.textOrNull('What a person has to do'),
    usageHealth: ConnectionHealth.shape.status
      .nullable()
      .describe('The same of language-model use'),
    usageToDo: field.textOrNull('What a person has to do about that'),
  }),
  'connectionId, name, x_Provider, mode read_only|actions, enabled, demo, pollIntervalMinutes, lastPollAt, dataUntil, health, healthSince, healthCode, toDo, usageHealth, usageToDo',
);

/** The accounts that are watched, with their health. */
export const listConnectionsContract = defineToolContract({
  name: 'list_connections',
  title: 'List connections',
  description:
    'The provider accounts that CostGuard watches: whether polling works, the newest day with costs, and what a person ' +
    'has to do where it does not. Check it before trusting recent costs.',
  input: z.strictObject({
    x_Provider: Provider.optional().describe('Default: all'),
    limit: platformArgument.limit,
    cursor: platformArgument.cursor,
  }),
  output: z.object({ rows: z.array(Row).describe('By name'), ...ListEnvelope }),
});
