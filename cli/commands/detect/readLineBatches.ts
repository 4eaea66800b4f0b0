/** Some lines of a file; the first one is line `firstLine`, counted from 1. */
export interface LineBatch {
  firstLine: number;
  lines: string[];
}

const BATCH_LINES = 64;
const BATCH_CHARACTERS = 1_000_000;

/** Splits a stream of bytes into batches of lines, never holding more than one batch and a partial line. */
export async function* readLineBatches(input: AsyncIterable<Buffer>): AsyncGenerator<LineBatch> {
  const decoder = new TextDecoder();
  let partial: string[] = [];
  let batch: LineBatch = { firstLine: 1, lines: [] };
  let characters = 0;
  for await (const chunk of input) {
    const pieces = decoder.decode(chunk, { stream: true }).split('\n');
    for (const [index, piece] of pieces.entries()) {
      partial.push(piece);
      if (index === pieces.length - 1) break;
      const line = partial.join('');
      partial = [];
      batch.lines.push(line);
      characters += line.length;
      if (batch.lines.length < BATCH_LINES && characters < BATCH_CHARACTERS) continue;
      yield batch;
      batch = { firstLine: batch.firstLine + batch.lines.length, lines: [] };
      characters = 0;
    }
  }
  const last = partial.join('') + decoder.decode();
  if (last !== '') batch.lines.push(last);
  if (batch.lines.length > 0) yield batch;
}
