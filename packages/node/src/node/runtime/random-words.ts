/** Random 32-bit words, read from the system's generator in blocks: one call for each word would cost a microsecond. */

import { randomFillSync } from 'node:crypto';

const wordsPerBlock = 1024;

/** Returns a function that returns the next random word. */
export function randomWords(): () => number {
  const block = new Uint32Array(wordsPerBlock);
  let next = wordsPerBlock;
  return () => {
    if (next === wordsPerBlock) {
      randomFillSync(block);
      next = 0;
    }
    const word = block[next] as number;
    next += 1;
    return word;
  };
}
