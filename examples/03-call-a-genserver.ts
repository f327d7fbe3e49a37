/**
 * Calls a GenServer of another node. Every Erlang and Elixir node has the one called `application_controller`.
 *
 *   iex --name app@127.0.0.1 --cookie secret
 *   COOKIE=secret node 03-call-a-genserver.ts app@127.0.0.1
 *
 * You will see the applications that run there, and why a call to an unregistered name failed.
 */

import { atom, CallError, inspect, startNode, type Tuple } from '@convoy/node';

const [peer = 'app@127.0.0.1'] = process.argv.slice(2);
const node = await startNode({
  name: 'example03@127.0.0.1',
  cookie: process.env['COOKIE'] ?? '',
});

// Connects first, as every send and call does.
const running = await node.call({ name: 'application_controller', node: peer }, atom('which_applications'));
for (const application of running as Tuple[]) console.log('running:', inspect(application.at(0)));

try {
  await node.call({ name: 'nobody', node: peer }, atom('hello'), { timeoutMs: 1000 });
} catch (error) {
  if (!(error instanceof CallError)) throw error;
  console.log(`${error.code}: ${error.message}`);
}
await node.close();
