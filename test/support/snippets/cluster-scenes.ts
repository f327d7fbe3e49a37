/** Scenes of the pages about clusters, shells, the console and Railway. */

import { closeNode, connected, type PageScenes } from './scene.ts';

/** The options of a DNS strategy, with a name server of ours; it knows one node. */
const dnsOf = (query: string): Readonly<Record<string, string>> => ({
  [`query: '${query}'`]: `server: '{{DNS_SERVER}}', query: '${query}'`,
  'peers: 2': 'peers: 1',
});
const cookie = "const cookie = process.env.COOKIE ?? '';\n";

/** An environment of the simulated Railway, with a client of one's own. */
const environment = `
import { createRailwayClient, createRailwayProvider, failedStatuses } from '@convoy/cluster/railway';
const railway = createRailwayClient({ endpoint: '{{RAILWAY_ENDPOINT}}', token: '{{RAILWAY_TOKEN}}' });
const [project] = await railway.projects();
const [place] = await railway.environments(project!.id);
const [projectId, environmentId] = [project!.id, place!.id];
const environment = railway.environment({ projectId, environmentId });
`;
const closeRailway = '\nawait railway.close();\n';
const oldEnvironment = environment.replace(/^const environment = .*\n/m, '');

/** A simulator of one's own. */
const simulator = `
import { createRailwayClient } from '@convoy/cluster/railway';
import { openLocalRuntime, startRailwaySimulator } from '@convoy/railway-simulator';
const runtime = await openLocalRuntime({ folder: '{{FOLDER}}/railway', convoyCommand: ['convoy'] });
const simulator = await startRailwaySimulator({ runtime });
const railway = createRailwayClient({ endpoint: simulator.endpoint, token: simulator.token });
const environment = railway.environment(simulator.places[0]!);
`;
const closeSimulator = '\nawait railway.close();\nawait simulator.close();\n';

function settingsOf(name: string): string {
  return `
const settings = { source: { image: 'ghcr.io/acme/convoy-node:1' } };
const own = '${name}@\${{RAILWAY_PRIVATE_DOMAIN}}';
const variables = { RELEASE_NODE: own, RELEASE_COOKIE: 'c', ERL_DIST_PORT: '9100' };\n`;
}

function service(name: string): string {
  return `${settingsOf(name)}
const { serviceId } = await environment.createService({ name: '${name}', settings, variables });\n`;
}

/** The provider of the page, in the simulated Railway, whose nodes can be dialled directly. */
const directReach = {
  "'console@127.0.0.1'": "'console@127.0.0.1', epmd: 'none'",
  "    kind: 'relay',\n    routes,\n    ssh: { identityFiles: ['/home/me/.ssh/id_ed25519'], acceptNewHostKey: true },":
    "    kind: 'direct',\n    routes,",
  "repo: 'acme/shop'": "image: 'elixir:1.18'",
  'images: {': 'ipv6: false,\n  images: {',
};

/** A node that asks app@127.0.0.1 itself. */
const inspecting = `${cookie}
import { askDirectly, createInspector } from '@convoy/cluster/inspect';
import { startNode } from '@convoy/node';
const node = await startNode({ name: 'guest@127.0.0.1', cookie, hidden: true, isolated: true, listen: false });
const cluster = askDirectly(node);
const inspector = createInspector(cluster);\n`;

export const clusterScenes: readonly PageScenes[] = [
  ['packages/cluster/README.md', { needs: ['beam'], after: closeNode }],
  [
    'docs/guide/discovery.md',
    { needs: ['beam', 'dns'], before: connected(), replace: dnsOf('mesh.internal'), after: closeNode },
  ],
  [
    'docs/guide/move-from-libcluster.md',
    { needs: ['beam', 'dns'], before: connected(), replace: dnsOf('app.internal'), after: closeNode },
  ],
  [
    'docs/guide/watch-cluster.md',
    {
      needs: ['beam'],
      before: cookie,
      replace: { "'app@10.0.0.5'": "'app@127.0.0.1'" },
      prints: /app@127\.0\.0\.1 elixir/,
    },
    {
      needs: ['beam'],
      before: `${cookie}
import { watchCluster } from '@convoy/cluster/members';
import { startNode } from '@convoy/node';
const node = await startNode({ name: 'guest@127.0.0.1', cookie, hidden: true, isolated: true, listen: false });
const cluster = await watchCluster(node, { entries: ['app@127.0.0.1'] });\n`,
      replace: { "'app@10.0.0.5'": "'app@127.0.0.1'" },
      after: 'console.log(visit.name, Array.isArray(memory));\nawait cluster.close();\nawait node.close();\n',
      prints: /app@127\.0\.0\.1 true/,
    },
    {
      needs: ['beam'],
      before: `${cookie}
import { watchCluster } from '@convoy/cluster/members';
import { startNode } from '@convoy/node';
const peer = await startNode({ name: 'peer@127.0.0.1', cookie });
await peer.connect('app@127.0.0.1');
const node = await startNode({ name: 'guest@127.0.0.1', cookie, hidden: true, isolated: true, listen: false });
const cluster = await watchCluster(node, { entries: ['app@127.0.0.1'] });\n`,
      replace: { "'app@10.0.0.5'": "'app@127.0.0.1'", "'web@10.0.0.6'": "'peer@127.0.0.1'" },
      after: 'await cluster.close();\nawait node.close();\nawait peer.close();\n',
      prints: /lose their connection/,
    },
  ],
  [
    'docs/guide/inspect.md',
    {
      needs: ['beam'],
      before: cookie,
      replace: { "'app@10.0.0.5'": "'app@127.0.0.1'" },
      prints: /\d+ \d+ off/,
    },
    {
      needs: ['beam'],
      before: inspecting,
      replace: { "'app@10.0.0.5'": "'app@127.0.0.1'" },
      after: closeNode,
      prints: /<0\.\d+\.\d+> /,
    },
    {
      needs: ['beam'],
      before: inspecting,
      replace: { "'app@10.0.0.5'": "'app@127.0.0.1'" },
      after: closeNode,
    },
    {
      needs: ['beam'],
      before: inspecting,
      replace: {
        "'app@10.0.0.5', 'app@10.0.0.6', 'app@10.0.0.7'": "'app@127.0.0.1'",
      },
      after: 'console.log(modules.length, Object.keys(problems).length);\nawait node.close();\n',
      prints: /0 0/,
    },
    {
      needs: ['beam'],
      before: inspecting,
      replace: {
        "['app@10.0.0.5', 'app@10.0.0.6']": "['app@127.0.0.1']",
        "'app@10.0.0.5'": "'app@127.0.0.1'",
        "'<0.85.0>'": "'<0.999999.0>'",
      },
      after: closeNode,
      prints: /app@127\.0\.0\.1 6/,
    },
  ],
  [
    'docs/guide/trace.md',
    {
      needs: ['beam'],
      before: cookie,
      replace: {
        "'app@10.0.0.5'": "'app@127.0.0.1'",
        "'Elixir.Shop.Cart', function: 'add'": "'lists', function: 'last'",
        '30_000': '100',
      },
      prints: /time: \d+ of \d+ calls/,
    },
  ],
  [
    'docs/guide/logs.md',
    { needs: ['beam'], before: cookie, replace: { "'app@10.0.0.5'": "'app@127.0.0.1'" } },
  ],
  [
    'docs/guide/doctor.md',
    {
      needs: ['beam'],
      before: cookie,
      replace: { 'app@db1.example': 'app@127.0.0.1' },
      after:
        'if (!ok) throw new Error(`${fault}, ${warnings.length}, ${steps.length}`);\nvoid diagnosePair;\n',
    },
  ],
  [
    'docs/guide/local-nodes.md',
    {
      needs: ['beam'],
      before: cookie,
      replace: { '/tmp/nodes': '{{FOLDER}}/nodes', '4369': '{{EPMD_PORT}}' },
      prints: /Dial the node done|Dial the node \S+/,
    },
  ],
  [
    'docs/guide/connect-over-ssh.md',
    {
      needs: ['beam', 'ssh'],
      replace: {
        "'ops@db1.example'), {": "'{{SSH_TARGET}}'), {\n  ssh: { identityFiles: ['{{SSH_IDENTITY}}'] },",
      },
      prints: /Close the tunnel \S+/,
    },
  ],
  [
    'docs/guide/ssh.md',
    {
      needs: ['ssh'],
      replace: {
        "'ops@db1'": "'{{SSH_TARGET}}'",
        'dialer: dialSystemSsh': `dialer: dialSystemSsh,
  identityFiles: ['{{SSH_IDENTITY}}'], knownHostsFiles: ['{{SSH_KNOWN_HOSTS}}'], configFile: false`,
      },
      after: 'await tunnel.close();\n',
    },
  ],
  [
    'docs/guide/tunnel.md',
    {
      needs: ['beam', 'ssh'],
      before: `${cookie}
import { openSshTunnel, parseSshTarget } from '@convoy/cluster/ssh';
const tunnel = await openSshTunnel(parseSshTarget('{{SSH_TARGET}}'), { identityFiles: ['{{SSH_IDENTITY}}'] });\n`,
      replace: { "'app@db1.example', cookie": "'app@127.0.0.1', cookie, epmdPort: {{EPMD_PORT}}" },
      after: 'void openAliasBridge;\nawait tunnel.close();\n',
    },
  ],
  ['packages/shell/README.md', { needs: ['beam'], input: 'Node.self()\n', prints: /app@127\.0\.0\.1/ }],
  [
    'docs/guide/shell.md',
    {
      needs: ['beam'],
      before: connected(),
      after: closeNode,
      input: 'Node.self()\n',
      prints: /app@127\.0\.0\.1/,
    },
    {
      needs: ['beam'],
      before: `${connected()}
import { openShell } from '@convoy/shell';
const session = await openShell({ node, target: 'app@127.0.0.1', kind: 'auto', cols: 80, rows: 24 });
const lastSeq = 0;
const show = (data: string) => console.log(data);\n`,
      // Somebody closes the shell.
      replace: { 'const { reason } =': 'void session.close();\nconst { reason } =' },
      after: `stop();\nvoid [missed, seq, data, reason];${closeNode}`,
    },
  ],
  [
    'packages/console/README.md',
    {
      replace: {
        './state': '{{FOLDER}}/state',
        "convoyCommand: ['npx', '@convoy/cli']": "port: 0, convoyCommand: ['npx', '@convoy/cli']",
        'await running.closed': `
const { origin, searchParams } = new URL(running.url);
const headers = { authorization: \`Bearer \${searchParams.get('token')}\`, 'content-type': 'application/json' };
const launch = await fetch(\`\${origin}/api/nodes\`, { method: 'POST', headers, body: '{"kind":"typescript"}' });
const { id } = (await launch.json()) as { id: string };
for (let state = 'running'; state === 'running'; ) {
  const answer = await fetch(\`\${origin}/api/launches/\${id}\`, { headers });
  ({ state } = (await answer.json()) as { state: string });
  if (state !== 'running') console.log('launch:', state);
}
void running.close();
await running.closed`,
      },
      prints: /launch: ready/,
    },
  ],
  [
    'docs/guide/console.md',
    {
      needs: ['console'],
      before: "const token = '{{CONSOLE_TOKEN}}';\n",
      replace: { 'http://127.0.0.1:4000': '{{CONSOLE_ORIGIN}}' },
      after: 'console.log(JSON.stringify(lines));\n',
      prints: /convoy node ts-1@127\.0\.0\.1 is up/,
    },
  ],
  [
    'docs/guide/move-from-a-demo-cluster.md',
    {
      needs: ['railway'],
      before: `${oldEnvironment}${settingsOf('moved')}`,
      replace: {
        "name: 'web'": "name: 'moved'",
        'console.log(status);': "{\n  console.log(status);\n  if (status === 'SUCCESS') break;\n}",
      },
      after: `await environment.deleteService(serviceId);${closeRailway}`,
      prints: /SUCCESS/,
    },
  ],
  [
    'docs/guide/railway.md',
    {
      needs: ['railway'],
      before: "process.env.RAILWAY_API_TOKEN = '{{RAILWAY_TOKEN}}';\n",
      replace: { 'createRailwayClient({': "createRailwayClient({ endpoint: '{{RAILWAY_ENDPOINT}}'," },
    },
    {
      needs: ['railway', 'beam'],
      before: `${cookie}${environment.replace(/^import .*\n/m, "import { createRailwayClient, createRailwayProvider } from '@convoy/cluster/railway';\n")}`,
      replace: {
        "import { createRailwayClient, createRailwayProvider } from '@convoy/cluster/railway';\n": '',
        ...directReach,
      },
      after: closeRailway,
      prints: /answer|Dial|done/i,
    },
    {
      needs: ['railway', 'beam'],
      before: `${cookie}${environment}
import { createTunnelResolver } from '@convoy/cluster';
import { startNode } from '@convoy/node';
const routes = createTunnelResolver();
const node = await startNode({ name: 'watch@127.0.0.1', cookie, hidden: true, listen: false, epmd: 'none', routes });
const provider = createRailwayProvider({
  environment, node, ipv6: false, reach: { kind: 'direct', routes },
  images: { typescript: { source: { image: 'ghcr.io/acme/convoy-node:1' } } },
});
const web = await provider.launch(await provider.plan({ kind: 'typescript', name: 'kept' }));\n`,
      replace: { "'web@web.railway.internal'": 'web.name' },
      after: `await provider.close();\nawait node.close();${closeRailway}`,
    },
    {
      needs: ['railway', 'beam'],
      before: `${cookie}${environment}
import { createTunnelResolver } from '@convoy/cluster';
import { createRailwayWays } from '@convoy/cluster/railway';
import { startNode } from '@convoy/node';
const routes = createTunnelResolver();
const node = await startNode({ name: 'ways@127.0.0.1', cookie, hidden: true, listen: false, epmd: 'none', routes });
const provider = createRailwayProvider({
  environment, node, ipv6: false, reach: { kind: 'direct', routes },
  images: { typescript: { source: { image: 'ghcr.io/acme/convoy-node:1' } } },
});
const shop = await provider.launch(await provider.plan({ kind: 'typescript', name: 'shop' }));
const signal = AbortSignal.timeout(60_000);\n`,
      replace: {
        "{ kind: 'relay', routes }": "{ kind: 'direct', routes }",
        "ways.open('shop@web.railway.internal'": 'ways.open(shop.name',
        "routes.add('shop@web.railway.internal'": 'routes.add(shop.name',
      },
      after: `await close();\nawait provider.destroy(shop.name);\nawait provider.close();\nawait node.close();${closeRailway}`,
    },
    {
      needs: ['railway'],
      before: `${cookie}${environment}`,
      replace: {
        "name: 'web',\n  settings": "name: 'hand',\n  settings",
        // The log goes on for as long as the container does.
        'console.log(text);': '{\n  console.log(text);\n  break;\n}',
      },
      after: `await environment.deleteService(serviceId);${closeRailway}`,
    },
    { replace: { '/tmp/railway': '{{FOLDER}}/railway' } },
    {
      before: `${simulator}${service('faulty')}const deploymentId = await environment.deploy(serviceId);
for await (const { status } of environment.watchDeployment(deploymentId)) if (status === 'SUCCESS') break;\n`,
      after: `release();${closeSimulator}`,
    },
  ],
  ['packages/railway-simulator/README.md', { replace: { '/tmp/railway': '{{FOLDER}}/railway' } }],
];
