/**
 * From an SSH login to a node that answers, step by step, as `convoy connect` does it.
 *
 *   node 05-reach-a-node-over-ssh.ts ops@db1.example
 *
 * You will see what is installed on the host, which nodes run there, a new node that says where it runs, and that it is stopped.
 * The host must be in ~/.ssh/known_hosts. It needs `erl` or `elixir`, and nothing of Convoy.
 */

import { createTunnelResolver, claimNode } from '@convoy/cluster';
import { inspectHost, listNodes, openSshTunnel, parseSshTarget, startNodeOn } from '@convoy/cluster/ssh';
import { inspect, type Node, startNode, Tuple } from '@convoy/node';

const [target = 'localhost'] = process.argv.slice(2);

// 1. A tunnel. If the connection breaks, the tunnel reconnects; callers wait in the meantime.
const identity = process.env['SSH_IDENTITY'];
const tunnel = await openSshTunnel(
  parseSshTarget(target),
  identity === undefined ? {} : { identityFiles: [identity] },
);
tunnel.onState((state) => console.log('tunnel:', state.kind));
console.log('logged in:', tunnel.name);

// 2. What is installed on the host, as a login shell sees it.
const report = await inspectHost(tunnel);
console.log('host:', report.hostname, 'OTP', report.otpRelease, 'Elixir', report.elixirVersion);

// 3. The nodes of the host. Each node tells its full name before a cookie is proven.
for (const { name, port, source } of await listNodes(tunnel, report))
  console.log('there is:', name, port, source);

// 4. A new node on the host: random cookie, loopback only, and a switch that halts it when it has no owner.
const started = await startNodeOn(tunnel, report, { graceMs: 30_000 });
console.log('started:', started.name, 'process', started.osPid);

let node: Node | undefined;
try {
  // 5. Its name resolves to the tunnel. Every other name is looked up with EPMD as usual.
  const routes = createTunnelResolver();
  routes.add(started.name, { tunnel, port: started.port });

  // 6. A hidden node here, which accepts no connections, with the cookie of that one node.
  node = await startNode({
    name: 'example05@here.internal',
    cookie: started.cookie,
    hidden: true,
    listen: false,
    epmd: 'none',
    routes,
  });
  await node.connect(started.name);
  claimNode(node, started.name);

  // 7. Check: the node answers with its own name, and the name of its machine.
  console.log('it is:', inspect(await node.rpc(started.name, 'erlang', 'node', [])));
  const answer = await node.rpc(started.name, 'inet', 'gethostname', []);
  // {ok, "db1"}: an Erlang string is a list of character codes.
  if (answer instanceof Tuple)
    console.log('it runs on:', String.fromCodePoint(...(answer.at(1) as number[])));
} finally {
  await node?.close();
  // 8. Stops only what this program started, by its process id.
  await started.stop();
  console.log('stopped:', started.name);
  await tunnel.close();
}
