/** Takes one row: where it stands, its cells (the same array each time), and what is known of their characters. */
export type OnSourceRow = (
  line: number,
  cells: readonly string[],
  known: {
    /** No cell has a character that COPY needs escaped. */
    isPlain: boolean;
    /** The bytes around it were no UTF-8: a row with a replacement character in it was hit. */
    isGarbled: boolean;
  },
) => void;

/** A FOCUS file that is open. */
export interface FocusSource {
  /** The names of its columns, in its order; those of the cells of a row. */
  names: readonly string[];
  /** What `line` counts: physical lines of a CSV file, rows of a Parquet file; both from 1. */
  unit: 'line' | 'row';
  /** Reads on and gives the rows it found; false when there are no more. */
  readSome: (onRow: OnSourceRow) => Promise<boolean>;
  /** What a person should know about how it was read. */
  notices: readonly string[];
  close: () => Promise<void>;
}
