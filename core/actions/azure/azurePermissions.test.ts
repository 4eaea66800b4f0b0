import { describe, expect, it } from 'vitest';
import { listMissingActions } from './azurePermissions.ts';

const START = 'Microsoft.Compute/virtualMachines/start/action';
const WRITE = 'Microsoft.Compute/virtualMachines/write';

describe('listMissingActions', () => {
  it.each<[string, string[], string[], string[]]>([
    ['everything', ['*'], [], []],
    ['all of a provider, in another case', ['microsoft.compute/*'], [], []],
    ['all of a kind', ['Microsoft.Compute/virtualMachines/*'], [], []],
    ['one of two', [START], [], [WRITE]],
    ['actions of a kind', ['Microsoft.Compute/virtualMachines/*/action'], [], [WRITE]],
    ['everything but writes', ['*'], ['*/write'], [WRITE]],
    ['reads', ['*/read'], [], [START, WRITE]],
    ['a dot that is a dot', ['MicrosoftXCompute/*'], [], [START, WRITE]],
    ['nothing', [], [], [START, WRITE]],
  ])('allows %s', (_, actions, notActions, missing) => {
    expect(listMissingActions([{ actions, notActions }], [START, WRITE])).toEqual(missing);
  });

  it('an exception of one assignment does not take away what another allows', () => {
    const permissions = [
      { actions: ['*'], notActions: ['Microsoft.Compute/*'] },
      { actions: [WRITE], notActions: [] },
    ];
    expect(listMissingActions(permissions, [START, WRITE])).toEqual([START]);
  });
});
