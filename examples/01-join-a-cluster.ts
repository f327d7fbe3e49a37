/**
 * Joins the cluster of a running node and asks that node some questions.
 *
 *   iex --name app@127.0.0.1 --cookie secret
 *   COOKIE=secret node 01-join-a-cluster.ts app@127.0.0.1
 *
 * You will see the nodes that this one is connected to now, the peer's OTP release, and a sum that the peer computed.
 */

import { atom, startNode } from '@convoy/node';

const [peer = 'app@127.0.0.1'] = process.argv.slice(2);
const node = await startNode({
  name: 'example01@127.0.0.1',
  cookie: process.env['COOKIE'] ?? '',
});

node.onNodeUp((name, { visible }) => console.log('up:', name, visible ? '(visible)' : '(hidden)'));
await node.connect(peer);

const release = await node.rpc(peer, 'erlang', 'system_info', [atom('otp_release')]);
console.log('nodes:', node.list());
console.log('OTP release:', String.fromCharCode(...(release as number[])));
console.log('sum:', await node.rpc(peer, 'lists', 'sum', [[1, 2, 3]]));
await node.close();
