/**
 * A program that traces, to be killed or frozen by a test: it reads what to trace from its input, prints `tracing` when it does, and
 * how the trace has ended.
 */

import { text } from 'node:stream/consumers';
import { traceCalls } from '@convoy/cluster/inspect';
import { startNode } from '@convoy/node';

export interface TracingWork {
  readonly cookie: string;
  readonly epmdPort: number;
  /** Full name of the node. */
  readonly target: string;
  readonly module: string;
  readonly function: string;
}

if (process.argv[1] === import.meta.filename) await work();

async function work(): Promise<void> {
  const { cookie, epmdPort, target, ...what } = JSON.parse(await text(process.stdin)) as TracingWork;
  const node = await startNode({
    ...{ name: `program${process.pid}@127.0.0.1`, cookie, epmdPort, epmd: 'none' },
    ...{ hidden: true, isolated: true, listen: false },
  });
  const trace = await traceCalls(
    node,
    target,
    { ...what, maxCalls: 10_000, maxMs: 600_000 },
    () => undefined,
  );
  console.log('tracing');
  const { reason } = await trace.ended;
  console.log(`ended: ${reason}`);
  await node.close();
}
