import type { Expression } from '@aws-sdk/client-cost-explorer';
import type { CostFilter } from '../../core/mcp/costFilter.ts';
import { findTagKey } from '../../core/mcp/dimension.ts';
import { ToolError } from '../../core/mcp/toolError.ts';
import { AWS_DIMENSIONS } from './dimensions.ts';

/**
 * A filter tree as Cost Explorer's expression.
 *
 * @throws ToolError `UNSUPPORTED` for a dimension that Cost Explorer cannot filter by, `INVALID_ARGUMENT` for a value
 * that a closed dimension does not have
 */
export function toExpression(filter: CostFilter): Expression {
  const { and, or, not, dimension = '', in: included, notIn: excluded } = filter;
  if (and) return join('And', and.map(toExpression));
  if (or) return join('Or', or.map(toExpression));
  if (not) return { Not: toExpression(not) };
  const values = included ?? excluded ?? [];
  const positive = leaf(dimension, values);
  return included ? positive : { Not: positive };
}

// Cost Explorer refuses And and Or of a single expression.
const join = (operator: 'And' | 'Or', parts: Expression[]): Expression =>
  parts.length === 1 && parts[0] ? parts[0] : { [operator]: parts };

function leaf(dimension: string, values: readonly string[]): Expression {
  const tag = findTagKey(dimension);
  if (tag !== undefined) return tagLeaf(tag, values);
  const known = AWS_DIMENSIONS[dimension];
  if (!known?.write) throw unsupportedFilter(dimension);
  const asked = values.map((value) => ({ value, written: known.write?.(value) ?? [] }));
  const unknown = asked.find(({ written }) => written.length === 0);
  if (unknown) {
    throw new ToolError('INVALID_ARGUMENT', `${dimension} has no such value on AWS.`, {
      field: 'filter',
    });
  }
  return {
    Dimensions: {
      Key: known.ce,
      Values: asked.flatMap(({ written }) => written),
    },
  };
}

function tagLeaf(key: string, values: readonly string[]): Expression {
  const named = values.filter((value) => value !== '');
  return join('Or', [
    ...(named.length > 0 ? [{ Tags: { Key: key, Values: named } }] : []),
    ...(named.length < values.length
      ? [{ Tags: { Key: key, MatchOptions: ['ABSENT' as const] } }]
      : []),
  ]);
}

function unsupportedFilter(dimension: string): ToolError {
  const possible = Object.entries(AWS_DIMENSIONS).flatMap(([name, { write }]) =>
    write ? [name] : [],
  );
  return new ToolError(
    'UNSUPPORTED',
    `AWS Cost Explorer cannot filter by ${dimension}. Filter by ${possible.join(', ')} or Tags:<key>.`,
    { field: 'filter' },
  );
}
