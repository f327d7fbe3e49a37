/**
 * A counter that Elixir nodes call as if it were one of their own GenServers.
 *
 *   COOKIE=secret node 04-serve-a-genserver.ts
 *   iex --name app@127.0.0.1 --cookie secret
 *   iex> GenServer.call({:counter, :"example04@127.0.0.1"}, {:add, 2})
 *   iex> GenServer.stop({:counter, :"example04@127.0.0.1"})
 *
 * You will see each amount. The program ends when the counter is stopped.
 */

import { atom, inspect, serveGenServer, startNode, tuple, Tuple } from '@convoy/node';

const node = await startNode({
  name: 'example04@127.0.0.1',
  cookie: process.env['COOKIE'] ?? '',
});

let count = 0;
const stopped = Promise.withResolvers<void>();
serveGenServer(node, 'counter', {
  call(request) {
    const amount = request instanceof Tuple ? request.at(1) : undefined;
    if (typeof amount !== 'number') return tuple(atom('error'), atom('badarg'));
    console.log('add:', amount);
    return tuple(atom('ok'), (count += amount));
  },
  terminate(reason) {
    console.log('stopped:', inspect(reason));
    stopped.resolve();
  },
});
console.log('ready:', node.name);
await stopped.promise;
await node.close();
