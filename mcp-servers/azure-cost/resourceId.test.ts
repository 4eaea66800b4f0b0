import { expect, test } from 'vitest';
import { parseResourceId } from './resourceId.ts';

const GROUP = '/subscriptions/s/resourceGroups/rg';

test.each([
  [
    `${GROUP}/providers/Microsoft.Compute/virtualMachines/vm1`,
    'vm1',
    'Microsoft.Compute/virtualMachines',
  ],
  [
    `${GROUP}/providers/microsoft.sql/servers/a/databases/b`,
    'b',
    'microsoft.sql/servers/databases',
  ],
  [`${GROUP}/providers/A.B/c/d/providers/E.F/g/h`, 'h', 'E.F/g'],
  [GROUP, 'rg', null],
  ['something', 'something', null],
])('%s names %s of type %s', (id, ResourceName, ResourceType) => {
  expect(parseResourceId(id)).toEqual({ ResourceName, ResourceType });
});
