/** A program of its own, because a test runner takes every unhandled rejection for a failure. */

import { createMemoryCluster } from '@convoy/node/testing';
import { installShell } from '../../src/evaluator/index.ts';
import { openShell } from '../../src/index.ts';
import { run, waitForScreen } from '../../../../test/support/erlang/shell-viewer.ts';

await using cluster = createMemoryCluster();
const node = await cluster.start('app');
installShell(node);
const shell = await openShell({ node, target: node.name, kind: 'ts', cols: 80, rows: 24 });
await run(shell, 'void (async () => { throw new Error("floating") })()');
await waitForScreen(shell, /\nError: floating\n/);
console.log(await run(shell, '"alive"'));
await shell.close();
