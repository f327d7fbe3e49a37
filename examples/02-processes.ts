/**
 * Processes, names, monitors and exits, between two nodes of one program.
 *
 *   node 02-processes.ts
 *
 * You will see a greeting go from one node to the other and back, and then why the greeter ended.
 */

import { atom, inspect, Pid, tuple, Tuple } from '@convoy/node';
import { createMemoryCluster } from '@convoy/node/testing';

const cluster = createMemoryCluster();
const [north, south] = [await cluster.start('north'), await cluster.start('south')];

// A process is an async function; it ends when the function returns.
south.spawn(
  async (self) => {
    const message = await self.receive({ match: (term) => term instanceof Tuple });
    const [from, name] = message as Tuple;
    if (from instanceof Pid) self.send(from, tuple(atom('hello'), name ?? null));
    self.exit(atom('tired'));
  },
  { name: 'greeter' },
);

await new Promise<void>((resolve) => {
  north.spawn(async (self) => {
    const greeter = { name: 'greeter', node: south.name };
    self.monitor(greeter);
    self.send(greeter, tuple(self.pid, atom('world')));
    console.log('answer:', inspect(await self.receive({ timeoutMs: 5000 })));
    console.log('ended:', inspect(await self.receive({ timeoutMs: 5000 })));
    resolve();
  });
});
await cluster.close();
