/** Evaluates code that waits for what can never happen, and collects all garbage meanwhile. */

import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { EvaluationContext } from '../../src/evaluator/evaluation-context.ts';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

async function collect(): Promise<void> {
  for (let round = 0; round < 10; round += 1) {
    collectGarbage();
    await new Promise((resolve) => setImmediate(resolve));
  }
}

const context = new EvaluationContext({ scope: {}, blockLimitMs: 1000 });
const endless = ['await new Promise(() => {})', 'await Promise.resolve(1); await new Promise(() => {})'];
for (const [at, code] of endless.entries()) void context.evaluate(code, `ts:${at + 1}`);
await collect();
for (let at = 3; at < 6; at += 1) await context.evaluate(`const kept = ${at}`, `ts:${at}`);
await collect();
console.log(await context.evaluate('kept', 'ts:6'));
context.dispose();
await collect();
console.log('alive');
