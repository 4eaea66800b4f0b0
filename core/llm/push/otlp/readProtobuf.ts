/** What stands in a field of a message; `text` and `hex` are bytes, `signed` a varint, `fixed` 64 bits, both as decimal text. */
export type ProtobufField = { name: string; isList?: boolean } & (
  | { kind: 'text' | 'hex' | 'signed' | 'fixed' | 'double' | 'enum' | 'bool' }
  | { kind: 'message'; of: ProtobufMessage }
);

/** The fields of a message that are read, by number. */
export type ProtobufMessage = Record<number, ProtobufField>;

/** Bytes are no protobuf message of the form that was expected. */
export class ProtobufError extends Error {
  override name = 'ProtobufError';
}

const WIRE = { varint: 0, fixed64: 1, bytes: 2, fixed32: 5 } as const;
const text = new TextDecoder('utf-8');

/**
 * Reads the named fields of a protobuf message into an object as OTLP's JSON has it; all others are passed over unread.
 *
 * @throws ProtobufError where the bytes end too early or a field has another type
 * @see https://protobuf.dev/programming-guides/encoding/
 */
export function readProtobuf(bytes: Uint8Array, message: ProtobufMessage): Record<string, unknown> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const found: Record<string, unknown> = {};
  let at = 0;

  const take = (length: number): number => {
    const start = at;
    at += length;
    if (at > bytes.length) throw new ProtobufError('The message ends too early.');
    return start;
  };
  const varint = (): bigint => {
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = bytes[take(1)] ?? 0;
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
    throw new ProtobufError('A number is too long.');
  };
  const size = (): number => {
    const length = varint();
    if (length > BigInt(bytes.length)) throw new ProtobufError('The message ends too early.');
    return Number(length);
  };
  const slice = (): Uint8Array => {
    const length = size();
    const start = take(length);
    return bytes.subarray(start, start + length);
  };
  const skip = (wire: number): void => {
    if (wire === WIRE.varint) varint();
    else if (wire === WIRE.fixed64) take(8);
    else if (wire === WIRE.bytes) take(size());
    else if (wire === WIRE.fixed32) take(4);
    else throw new ProtobufError('A field has an unknown type.');
  };
  const read = (field: ProtobufField): unknown => {
    switch (field.kind) {
      case 'text':
        return text.decode(slice());
      case 'hex':
        return Array.from(slice(), (byte) => byte.toString(16).padStart(2, '0')).join('');
      case 'signed':
        return String(BigInt.asIntN(64, varint()));
      case 'enum':
        return Number(varint());
      case 'bool':
        return varint() !== 0n;
      case 'fixed':
        return String(view.getBigUint64(take(8), true));
      case 'double':
        return view.getFloat64(take(8), true);
      case 'message':
        return readProtobuf(slice(), field.of);
    }
  };

  while (at < bytes.length) {
    const tag = Number(varint());
    const [number, wire] = [Math.floor(tag / 8), tag % 8];
    const field = message[number];
    if (field === undefined) {
      skip(wire);
      continue;
    }
    if (wire !== wireOf(field)) throw new ProtobufError('A field has another type.');
    const value = read(field);
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

function wireOf({ kind }: ProtobufField): number {
  if (kind === 'fixed' || kind === 'double') return WIRE.fixed64;
  return kind === 'signed' || kind === 'enum' || kind === 'bool' ? WIRE.varint : WIRE.bytes;
}
