/** What stands in a field of a message; `text` and `hex` are bytes, `signed` a varint, `fixed` 64 bits, both as decimal text. */
export type ProtobufField = { name: string; isList?: boolean } & (
  | { kind: 'text' | 'hex' | 'signed' | 'fixed' | 'double' | 'enum' }
  | { kind: 'message'; of: ProtobufMessage }
);

/** The fields of a message that are read, by number. */
export type ProtobufMessage = Record<number, ProtobufField>;

/** Bytes are no protobuf message of the form that was expected. */
export class ProtobufError extends Error {
  override name = 'ProtobufError';
}

/**
 * Reads the named fields of a protobuf message into an object as OTLP's JSON has it; all others are passed over unread.
 *
 * @throws ProtobufError where the bytes end too early or a field has another type
 * @see https://protobuf.dev/programming-guides/encoding/
 */
export function readProtobuf(bytes: Uint8Array, message: ProtobufMessage): Record<string, unknown> {
  const cursor = createCursor(bytes);
  const found: Record<string, unknown> = {};
  while (!cursor.isAtEnd()) {
    const tag = Number(cursor.varint());
    const [number, wire] = [Math.floor(tag / 8), tag % 8];
    const field = message[number];
    if (field === undefined) {
      skip(cursor, wire);
      continue;
    }
    if (wire !== wireOf(field)) throw new ProtobufError('A field has another type.');
    const value = read(cursor, field);
    if (field.isList !== true) {
      found[field.name] = value;
      continue;
    }
    const list = (found[field.name] ?? []) as unknown[];
    list.push(value);
    found[field.name] = list;
  }
  return found;
}

const WIRE = { varint: 0, fixed64: 1, bytes: 2, fixed32: 5 } as const;
const text = new TextDecoder('utf-8');

interface Cursor {
  isAtEnd: () => boolean;
  varint: () => bigint;
  /** The next bytes. */
  take: (length: number) => Uint8Array;
  /** The next bytes, whose number stands before them. */
  slice: () => Uint8Array;
}

function createCursor(bytes: Uint8Array): Cursor {
  let at = 0;
  const take = (length: number): Uint8Array => {
    if (length > bytes.length - at) throw new ProtobufError('The message ends too early.');
    at += length;
    return bytes.subarray(at - length, at);
  };
  const varint = (): bigint => {
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = take(1)[0] ?? 0;
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
    throw new ProtobufError('A number is too long.');
  };
  return {
    isAtEnd: () => at === bytes.length,
    varint,
    take,
    slice: () => take(Number(varint())),
  };
}

function skip(cursor: Cursor, wire: number): void {
  if (wire === WIRE.varint) cursor.varint();
  else if (wire === WIRE.fixed64) cursor.take(8);
  else if (wire === WIRE.bytes) cursor.slice();
  else if (wire === WIRE.fixed32) cursor.take(4);
  else throw new ProtobufError('A field has an unknown type.');
}

function read(cursor: Cursor, field: ProtobufField): unknown {
  switch (field.kind) {
    case 'text':
      return text.decode(cursor.slice());
    case 'hex':
      return Array.from(cursor.slice(), (byte) => byte.toString(16).padStart(2, '0')).join('');
    case 'signed':
      return String(BigInt.asIntN(64, cursor.varint()));
    case 'enum':
      return Number(cursor.varint());
    case 'fixed':
      return String(fixed64(cursor).getBigUint64(0, true));
    case 'double':
      return fixed64(cursor).getFloat64(0, true);
    case 'message':
      return readProtobuf(cursor.slice(), field.of);
  }
}

function fixed64(cursor: Cursor): DataView {
  const bytes = cursor.take(8);
  return new DataView(bytes.buffer, bytes.byteOffset, 8);
}

function wireOf({ kind }: ProtobufField): number {
  if (kind === 'fixed' || kind === 'double') return WIRE.fixed64;
  return kind === 'signed' || kind === 'enum' ? WIRE.varint : WIRE.bytes;
}
