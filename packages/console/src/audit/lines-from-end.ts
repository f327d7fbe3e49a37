/** Reads the lines of a file from its end, when only the last ones of a long file are needed. */

import { closeSync, fstatSync, openSync, readSync } from 'node:fs';

const chunkBytes = 65_536;
const newLine = 0x0a;

/** The lines of `file`, the last one first, without empty ones; none if there is no such file. */
export function* linesFromEnd(file: string): Generator<string> {
  let descriptor: number;
  try {
    descriptor = openSync(file, 'r');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw error;
  }
  try {
    for (const line of linesOf(descriptor)) if (line.length > 0) yield line.toString('utf8');
  } finally {
    closeSync(descriptor);
  }
}

function* linesOf(descriptor: number): Generator<Buffer> {
  /** The beginning of what was read so far: its line may go on before it. */
  let rest: Buffer = Buffer.alloc(0);
  for (let end = fstatSync(descriptor).size; end > 0;) {
    const chunk = Buffer.alloc(Math.min(chunkBytes, end));
    end -= chunk.length;
    readSync(descriptor, chunk, 0, chunk.length, end);
    rest = Buffer.concat([chunk, rest]);
    for (let at = rest.lastIndexOf(newLine); at !== -1; at = rest.lastIndexOf(newLine)) {
      yield rest.subarray(at + 1);
      rest = rest.subarray(0, at);
    }
  }
  yield rest;
}
