import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { TRACES_MESSAGE } from './messages.ts';
import { encodePartialSuccess } from './partialSuccess.ts';
import { ProtobufError, type ProtobufMessage, readProtobuf } from './readProtobuf.ts';

const bytes = (...values: number[]) => Uint8Array.from(values);
const MESSAGE: ProtobufMessage = {
  1: { name: 'number', kind: 'signed' },
  2: { name: 'text', kind: 'text' },
  3: { name: 'list', kind: 'message', isList: true, of: { 1: { name: 'id', kind: 'hex' } } },
};

describe('protobuf', () => {
  // 150 and "testing" are the examples of protobuf.dev/programming-guides/encoding.
  test.each([
    ['a number', bytes(0x08, 0x96, 0x01), { number: '150' }],
    [
      'a negative number',
      bytes(0x08, 0xfe, ...Array<number>(8).fill(0xff), 0x01),
      { number: '-2' },
    ],
    ['a text', bytes(0x12, 0x07, 0x74, 0x65, 0x73, 0x74, 0x69, 0x6e, 0x67), { text: 'testing' }],
    [
      'a list of messages',
      bytes(0x1a, 3, 0x0a, 1, 0xab, 0x1a, 3, 0x0a, 1, 0x01),
      { list: [{ id: 'ab' }, { id: '01' }] },
    ],
    [
      'fields that are not known, of every type',
      bytes(0x48, 0x01, 0x51, 1, 2, 3, 4, 5, 6, 7, 8, 0x5a, 1, 9, 0x65, 1, 2, 3, 4, 0x08, 0x01),
      { number: '1' },
    ],
    ['nothing', bytes(), {}],
  ])('%s', (_name, given, expected) => {
    expect(readProtobuf(given, MESSAGE)).toEqual(expected);
  });

  test.each([
    ['ends within a number', bytes(0x08, 0x96)],
    ['ends within a text', bytes(0x12, 0x07, 0x74)],
    ['has a text of an endless length', bytes(0x12, ...Array<number>(9).fill(0xff), 0x01)],
    ['has another type than it should', bytes(0x0a, 0x01, 0x01)],
    ['has a group', bytes(0x4b)],
    ['has a number that does not end', bytes(0x08, ...Array<number>(11).fill(0xff))],
  ])('a message that %s is refused', (_name, given) => {
    expect(() => readProtobuf(given, MESSAGE)).toThrow(ProtobufError);
  });

  test('any bytes are read or refused, never anything else', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (given) => {
        try {
          readProtobuf(given, TRACES_MESSAGE);
        } catch (error) {
          expect(error).toBeInstanceOf(ProtobufError);
        }
      }),
    );
  });

  test('a partial success can be read again', () => {
    const message = 'x'.repeat(300);
    expect(
      readProtobuf(encodePartialSuccess({ rejected: 400, message }), {
        1: {
          name: 'partial',
          kind: 'message',
          of: { 1: { name: 'rejected', kind: 'signed' }, 2: { name: 'message', kind: 'text' } },
        },
      }),
    ).toEqual({ partial: { rejected: '400', message } });
    expect(encodePartialSuccess(undefined)).toHaveLength(0);
  });
});
