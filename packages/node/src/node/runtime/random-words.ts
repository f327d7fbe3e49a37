/** Random bits in words of 32, drawn from the system's generator in blocks: one call for each would cost a microsecond. */
import { randomFillSync } from 'node:crypto';

const wordsPerBlock = 1024;

/** Returns a function that gives the next 32 random bits. */
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
