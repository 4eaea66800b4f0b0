import { Connection, isGrpcServiceError } from '@temporalio/client';
import { msToTs } from '@temporalio/common/lib/time.js';
import { SEARCH_ATTRIBUTES } from './searchAttributes.ts';

/** gRPC status codes. */
const NOT_FOUND = 5;
const ALREADY_EXISTS = 6;

/** `IndexedValueType`. */
const TYPES = { Keyword: 2, Double: 4 } as const;

/**
 * Makes a Temporal server of the user's own ready: the namespace, with 30 days of retention, and the search attributes,
 * where they are missing. Safe to repeat.
 *
 * @throws Error saying what to create by hand when the server does not allow it
 */
export async function prepareNamespace(address: string, namespace: string): Promise<void> {
  const connection = await Connection.connect({ address, connectTimeout: 5_000 });
  try {
    await connection.withDeadline(Date.now() + 20_000, async () => {
      await createNamespace(connection, namespace);
      await addSearchAttributes(connection, namespace);
    });
  } catch (error) {
    const names = Object.entries(SEARCH_ATTRIBUTES).map(([name, type]) => `${name}=${type}`);
    throw new Error(
      `The Temporal server at ${address} could not be prepared: ${error instanceof Error ? error.message : String(error)}. It needs the namespace "${namespace}" with the search attributes ${names.join(', ')}.`,
      { cause: error },
    );
  } finally {
    await connection.close();
  }
}

async function createNamespace(connection: Connection, namespace: string): Promise<void> {
  try {
    await connection.workflowService.describeNamespace({ namespace });
    return;
  } catch (error) {
    if (codeOf(error) !== NOT_FOUND) throw error;
  }
  const workflowExecutionRetentionPeriod = msToTs('30 days');
  await connection.workflowService
    .registerNamespace({ namespace, workflowExecutionRetentionPeriod })
    .catch(unless(ALREADY_EXISTS));
}

async function addSearchAttributes(connection: Connection, namespace: string): Promise<void> {
  const known = await connection.operatorService
    .listSearchAttributes({ namespace })
    .then((answer) => Object.keys(answer.customAttributes));
  const missing = Object.entries(SEARCH_ATTRIBUTES).filter(([name]) => !known.includes(name));
  if (missing.length === 0) return;
  const searchAttributes = Object.fromEntries(missing.map(([name, type]) => [name, TYPES[type]]));
  await connection.operatorService
    .addSearchAttributes({ namespace, searchAttributes })
    .catch(unless(ALREADY_EXISTS));
}

const unless = (expected: number) => (error: unknown) => {
  if (codeOf(error) !== expected) throw error;
};

const codeOf = (error: unknown): number | undefined =>
  isGrpcServiceError(error) ? error.code : undefined;
