import { expect, test } from 'vitest';
import { exportAddress, readAuditView, toAuditQuery } from './auditView.ts';

const view = (text: string) => readAuditView(new URLSearchParams(text));

test('a period of days includes its last one', () => {
  expect(toAuditQuery(view('from=2026-11-01&to=2026-11-02'))).toEqual({
    from: '2026-11-01T00:00:00Z',
    to: '2026-11-03T00:00:00.000Z',
  });
});

test.each(['from=yesterday', 'to=2026-99-99', 'actor=%20', 'other=1', ''])(
  '"%s" filters nothing',
  (text) => {
    expect(toAuditQuery(view(text))).toEqual({});
    expect(exportAddress(view(text))).toBe('/api/v1/audit/export');
  },
);

test('an export has the filters of the page', () => {
  expect(exportAddress(view('actor=A%26B&operation=budget'))).toBe(
    '/api/v1/audit/export?actor=A%26B&operation=budget',
  );
});
