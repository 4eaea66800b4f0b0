import { sep } from 'node:path';
import proto from '@temporalio/proto';
import { projectRoot } from '../../cli/launch/projectRoot.ts';

const { History } = proto.temporal.api.history.v1;

/** A workflow's history as JSON for a file, without who recorded it and where. */
export function historyToJson(history: proto.temporal.api.history.v1.IHistory): string {
  const text = JSON.stringify(history, null, 1).replaceAll(
    /"identity":\s*"[^"]*"/g,
    '"identity": "recorder"',
  );
  // Stacks of failures name files by their whole paths.
  return text.replaceAll(/"\d+@[^"]*"/g, '"recorder"').replaceAll(`${projectRoot}${sep}`, '');
}

/** The inverse of what a decoded protobuf message writes as its own JSON: enums by name, bytes in base64. */
export function historyFromJson(json: string): proto.temporal.api.history.v1.History {
  return History.fromObject(JSON.parse(json) as Record<string, unknown>);
}
