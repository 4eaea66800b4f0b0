import { describe, expect, it } from 'vitest';
import { PLAN } from '../../tests/api/samples.ts';
import { ActionStatus } from '../contracts/action.ts';
import { type BegunStep, stepProgress } from './stepProgress.ts';
import { STATUSES_OF_STAGE } from './stages.ts';

const AT = '2026-11-27T08:00:00.000Z';
const begun = (key: string, finishedAt: string | null = AT): BegunStep => ({
  ...{ key, attempts: 1, startedAt: AT, finishedAt },
});
const states = (status: ActionStatus, ledger: BegunStep[]) =>
  stepProgress(PLAN, status, ledger).map(
    ({ direction, name, state }) => `${direction === 'back' ? 'back ' : ''}${name} ${state}`,
  );

describe('how far the steps of a plan are', () => {
  it('names all that are to come before anything is done', () => {
    expect(states('proposed', [])).toEqual([
      'stopInstance waiting',
      'waitUntilStopped waiting',
      'changeInstanceType waiting',
      'startInstance waiting',
      'waitUntilRunning waiting',
    ]);
  });

  it('tells the step that is under way from those that are done and those to come', () => {
    expect(states('executing', [begun('stopInstance'), begun('waitUntilStopped', null)])).toEqual([
      'stopInstance done',
      'waitUntilStopped running',
      'changeInstanceType waiting',
      'startInstance waiting',
      'waitUntilRunning waiting',
    ]);
  });

  it('shows where the way forward broke off, and the way back', () => {
    const ledger = [
      begun('stopInstance'),
      begun('waitUntilStopped', null),
      begun('back.stopInstance', null),
    ];
    expect(states('rolling_back', ledger).slice(0, 7)).toEqual([
      'stopInstance done',
      'waitUntilStopped interrupted',
      'changeInstanceType not_reached',
      'startInstance not_reached',
      'waitUntilRunning not_reached',
      'back stopInstance running',
      'back waitUntilStopped waiting',
    ]);
    expect(states('rollback_failed', ledger)[5]).toBe('back stopInstance interrupted');
  });

  it('awaits nothing of what was rejected', () => {
    expect(new Set(states('rejected', []).map((line) => line.split(' ')[1]))).toEqual(
      new Set(['not_reached']),
    );
  });
});

it('every status of an action belongs to one stage', () => {
  expect(Object.values(STATUSES_OF_STAGE).flat().sort()).toEqual([...ActionStatus.options].sort());
});
