/** Scenes of the pages about nodes: connecting, processes, calls, terms. */

import { closeNode, connected, type PageScenes } from './scene.ts';

const assertions = "import assert from 'node:assert/strict';\n";
const ownCall = (module: string, name: string, args: string): string =>
  `await node.rpc('app@127.0.0.1', 'rpc', 'call', [atom(node.name), atom('${module}'), atom('${name}'), ${args}])`;

export const nodeScenes: readonly PageScenes[] = [
  ['README.md', { needs: ['beam'] }],
  ['packages/node/README.md', { needs: ['beam'] }],
  ['docs/events.md', {}],
  ['docs/protocol/terms.md', {}],
  ['docs/guide/cli.md', {}],
  [
    'docs/guide/connect.md',
    { needs: ['beam'] },
    {
      needs: ['beam'],
      before: connected(),
      after: closeNode,
      prints: /app@127\.0\.0\.1 is down: disconnect/,
    },
  ],
  [
    'docs/guide/rpc.md',
    { needs: ['beam'], before: connected('atom'), after: closeNode },
    { needs: ['beam'], before: connected(), after: closeNode },
    {
      needs: ['beam'],
      before: `${connected()}import { parseJson, toJson } from '@convoy/node/etf';\n`,
      after: closeNode,
    },
  ],
  [
    'docs/guide/observer.md',
    {
      needs: ['beam'],
      before: "import { startNode } from '@convoy/node';\nconst cookie = process.env.COOKIE ?? '';\n",
      after: closeNode,
    },
  ],
  [
    'docs/guide/call-genserver.md',
    {
      needs: ['beam'],
      before: `${connected('atom', 'type Pid', 'tuple')}
const pid = (await node.rpc('app@127.0.0.1', 'erlang', 'whereis', [atom('counter')])) as Pid;\n`,
      after: `${assertions}assert.equal(await node.call(counter, atom('get')), 10);${closeNode}`,
    },
    {
      needs: ['beam'],
      before: `${connected('atom', 'type Pid', 'serveGenServer')}
serveGenServer(node, 'counter', { call: () => 1 });
const own = node.processes.whereis('counter') as Pid;
await node.global.register(atom('counter'), own);
const pids = new Map([['shard 7', own]]);\n`,
      after: closeNode,
    },
    {
      needs: ['beam'],
      before: connected('atom', 'noReply', 'serveGenServer', 'tuple'),
      after: `${assertions}
const own = { name: 'counter', node: node.name };
assert.equal(await node.call(own, atom('next')), 1);
assert.equal(await node.call(own, atom('later')), 1);${closeNode}`,
    },
  ],
  [
    'docs/guide/processes.md',
    { needs: ['beam'], before: connected(), after: closeNode },
    {
      needs: ['beam'],
      before: `${connected('atom', 'equals', 'tuple', 'Tuple')}
const server = node.spawnServer({
  onMessage(self, message) {
    const [, from, ref] = (message as unknown as Tuple).elements;
    self.send(from as unknown as typeof self.pid, tuple(ref, 'done'));
  },
});
await new Promise<void>((resolve) => node.spawn(async (self) => {
`,
      after: `if (answer !== undefined) resolve();\n}));${closeNode}`,
    },
    { needs: ['beam'], before: connected(), after: closeNode },
    {
      needs: ['beam'],
      before: `${connected()}
const work = async (message: unknown) => String(message);
await new Promise<void>((resolve) => node.spawn(async (self) => {
  self.send(self.pid, 'to do');
  const message = await self.receive();
  const replyTo = self.pid;
`,
      after: `resolve();\n}));${closeNode}`,
    },
    {
      needs: ['beam'],
      before: `${connected()}
const to = { name: 'sink', node: 'app@127.0.0.1' };
const message = new Uint8Array(1024 * 1024);
const { signal } = new AbortController();
`,
      after: closeNode,
    },
  ],
  [
    'docs/guide/pg.md',
    { needs: ['beam'], before: connected('atom'), after: closeNode },
    {
      needs: ['beam'],
      before: connected('atom'),
      after: `
groups.join('workers', node.spawn(async (self) => void (await self.receive())));
stop();${closeNode}`,
      prints: /join [^]* 1/,
    },
  ],
  [
    'docs/guide/pubsub.md',
    {
      needs: ['beam'],
      before: connected('atom', 'tuple'),
      after: `unsubscribe();${closeNode}`,
      prints: /from web@127\.0\.0\.1/,
    },
  ],
  [
    'docs/guide/expose.md',
    {
      needs: ['beam'],
      before: `${connected('atom')}const compute = async (n: number) => 2 * n;\n`,
      after: `${assertions}assert.equal(${ownCall('Elixir.Convoy.Math', 'add', '[1, 2]')}, 3);${closeNode}`,
      // The page calls it by the name that Elixir gives it.
    },
    {
      needs: ['beam'],
      before: `${connected('atom')}
const buildReport = (name: Uint8Array, { signal }: { signal: AbortSignal }) => [name, signal.aborted];\n`,
      after: `${assertions}
const [, isAborted] = (${ownCall('reports', 'build', "['all']")}) as unknown[];
assert.equal(isAborted, false);${closeNode}`,
    },
  ],
  [
    'docs/guide/resolvers.md',
    {
      before: "const cookie = process.env.COOKIE ?? '';\n",
      replace: { "'web@10.0.0.5'": "'web@127.0.0.1'", '9100': '{{FREE_PORT}}' },
      after: closeNode,
    },
    {
      before:
        "import { createChainResolver, createEpmdResolver, createNameEncodedResolver } from '@convoy/node';\n",
    },
    {
      before: `
import { createEpmdResolver, createTcpTransport } from '@convoy/node';
import { parseSshTarget, openSshTunnel } from '@convoy/cluster/ssh';
const tunnel = await openSshTunnel(parseSshTarget('{{SSH_TARGET}}'), { identityFiles: ['{{SSH_IDENTITY}}'] });
const transport = createTcpTransport();\n`,
      needs: ['ssh'],
      after: 'await tunnel.close();\n',
    },
    // It describes an interface, without the types of its arguments.
    {},
    {
      before: `
import { duplexPair } from 'node:stream';
import { createSocketStream } from '@convoy/node';
import { acceptConnection, openConnection } from '@convoy/node/connection';
const [here, there] = duplexPair();
const web = { name: 'web@host', creation: 1, cookie: 'c', hidden: false };
const app = { ...web, name: 'app@host' };\n`,
      after: `${assertions}
assert.equal(connection.peer.name, 'app@host');
assert.equal(accepted.peer.name, 'web@host');
connection.close();\n`,
    },
  ],
  [
    'docs/guide/tls.md',
    {
      needs: ['certificates'],
      before: "const cookie = process.env.COOKIE ?? '';\n",
      replace: { "'web@10.0.0.5'": "'web@127.0.0.1'" },
      after: closeNode,
    },
  ],
  ['docs/guide/epmd.md', {}],
  [
    'docs/guide/nodes.md',
    {
      needs: ['beam'],
      before: connected('atom'),
      replace: { 'export default function': 'function run' },
      after: `run(node);\n${assertions}assert.equal(${ownCall('Elixir.Convoy.Math', 'add', '[1, 2]')}, 3);${closeNode}`,
    },
  ],
];
