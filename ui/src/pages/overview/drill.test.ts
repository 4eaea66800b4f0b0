import { expect, it } from 'vitest';
import { drillInto } from './drill';

const group = (key: string | null, isRemainder = false) => ({ key, isRemainder });

it('shows a provider by service, a service by account, and then by region', () => {
  expect(drillInto({ groupBy: 'provider', filter: {} }, group('aws'))).toEqual({
    provider: 'aws',
    group_by: 'service',
  });
  expect(drillInto({ groupBy: 'service', filter: { provider: 'aws' } }, group('EC2'))).toEqual({
    service: 'EC2',
    group_by: 'account',
  });
  const filter = { service: 'EC2' };
  expect(drillInto({ groupBy: 'account', filter }, group('1'))).toEqual({
    account: '1',
    group_by: 'region',
  });
});

it('narrows to a connection by its id, and to the value of a tag', () => {
  expect(drillInto({ groupBy: 'connection', filter: {} }, group('c'))).toMatchObject({
    connectionId: 'c',
  });
  expect(drillInto({ groupBy: 'tag', filter: {} }, group('web'))).toMatchObject({ tag: 'web' });
});

it('ends where all is narrowed', () => {
  const filter = { service: 'EC2', account: '1' };
  expect(drillInto({ groupBy: 'region', filter }, group('r'))).toEqual({ region: 'r' });
  const all = { ...filter, region: 'r' };
  expect(drillInto({ groupBy: 'region', filter: all }, group('r'))).toBeUndefined();
});

it('has nothing inside for charges without a value and for all others', () => {
  expect(drillInto({ groupBy: 'account', filter: {} }, group(null))).toBeUndefined();
  expect(drillInto({ groupBy: 'account', filter: {} }, group(null, true))).toBeUndefined();
});
