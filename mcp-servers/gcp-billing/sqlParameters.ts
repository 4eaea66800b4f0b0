/** A named parameter of a query; values never stand in the query's text. */
export interface SqlParameter {
  name: string;
  value: string | readonly string[];
}

/** The parameters of one query, in the order of their names. */
export interface SqlParameters {
  /** The placeholder for a value; equal values share one. */
  add(value: string | readonly string[]): string;
  list(): SqlParameter[];
}

/** The column that marks the rows that stand for credits, where charges are told apart by category. */
export const CREDIT = 'is_credit';

/** No parameters yet. */
export function createSqlParameters(): SqlParameters {
  const known = new Map<string, SqlParameter>();
  return {
    add: (value) => {
      const key = JSON.stringify(value);
      const parameter = known.get(key) ?? { name: `p${known.size}`, value };
      known.set(key, parameter);
      return `@${parameter.name}`;
    },
    list: () => [...known.values()],
  };
}
