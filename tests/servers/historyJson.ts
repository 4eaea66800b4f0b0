import proto from '@temporalio/proto';

const { History } = proto.temporal.api.history.v1;

/** A workflow's history as JSON for a file, without who recorded it and where. */
export function historyToJson(history: proto.temporal.api.history.v1.IHistory): string {
  const text = JSON.stringify(history, null, 1).replaceAll(
    /"identity":\s*"[^"]*"/g,
    '"identity": "recorder"',
  );
  return text.replaceAll(/"\d+@[^"]*"/g, '"recorder"');
}

/** The inverse of what a decoded protobuf message writes as its own JSON: enums by name, bytes in base64. */
export function historyFromJson(json: string): proto.temporal.api.history.v1.History {
  return History.fromObject(JSON.parse(json) as Record<string, unknown>);
}
