/** Stages faults with real nodes, daemons and name servers, and checks that the doctor names each of them. */

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { after, before, describe, test } from 'node:test';
import { diagnose, type DiagnoseOptions, type Diagnosis } from '@convoy/cluster/doctor';
import { createTcpTransport, createTlsTransport } from '@convoy/node';
import { Flag, listenForPeers } from '@convoy/node/connection';
import { EpmdClient } from '@convoy/node/epmd';
import { TestAuthority } from '../../support/certificates.ts';
import { ConvoyProcess, runConvoy } from '../../support/convoy-command.ts';
import { startDnsServer } from '../../support/network/dns-server.ts';
import { ErlangCluster } from '../../support/erlang/erlang-cluster.ts';
import { type ErlangNode, freePort, missingPeer, startErlangNode } from '../../support/erlang/erlang-node.ts';
import { eventually } from '../../support/eventually.ts';
import { layCable, missingNamespaces, Namespace } from '../../support/network/namespaces.ts';
import { assertFault, cookie } from './assert-fault.ts';

/** Timeouts for cases in which nothing answers. */
const brief = { timeoutMs: 1500 };

/** A node that the doctor examines, for the suite that makes it. */
class Scene {
  #cluster: ErlangCluster | undefined;
  #peer: ErlangNode | undefined;

  constructor() {
    before(async () => {
      this.#cluster = await ErlangCluster.start({ cookie });
      this.#peer = await this.#cluster.erlang('app');
    });
    after(() => this.#cluster?.[Symbol.asyncDispose]());
  }

  get cluster(): ErlangCluster {
    return this.#cluster!;
  }

  get peer(): ErlangNode {
    return this.#peer!;
  }

  /** Patient, because a handshake with TLS takes seconds on a busy machine. Where nothing answers, give `brief`. */
  readonly examine = (node: string, options: Partial<DiagnoseOptions> = {}): Promise<Diagnosis> =>
    diagnose(node, { cookie, epmdPort: this.cluster.epmdPort, timeoutMs: 10_000, ...options });

  /** Registers a name for a port at the EPMD. */
  readonly register = (name: string, port: number): Promise<{ close(): void }> =>
    new EpmdClient({ port: this.cluster.epmdPort }).register({ name, port });
}

describe('the doctor', { skip: missingPeer('25') }, () => {
  const scene = new Scene();
  testNames(scene);
  testPorts(scene);
  testHandshakes(scene);
  testNetwork(scene);
  testMesh(scene);
});

/** Faults of names. */
function testNames(scene: Scene): void {
  const { examine, register } = scene;

  test('finds nothing wrong with a node that can be reached', async () => {
    const diagnosis = await examine(scene.peer.name);
    assert.equal(diagnosis.fault, undefined, JSON.stringify(diagnosis));
    assert.deepEqual(
      diagnosis.steps.map(({ name, status }) => `${name} ${status}`),
      ['name', 'resolve', 'epmd', 'port', 'handshake', 'node', 'packets', 'return', 'mesh'].map(
        (name) => `${name} ok`,
      ),
    );
    assert.equal(await scene.peer.eval('nodes(hidden)'), '[]');
  });

  test('a long and a short name', async () => {
    assertFault(await examine(scene.peer.name, { name: 'me@here' }), 'NAME_FORM', 'name');
    assertFault(await examine('app'), 'NAME_FORM', 'name');
  });

  test('a host part other than that of the node', async () => {
    const diagnosis = await examine('app@localhost');
    assertFault(diagnosis, 'NAME_FORM', 'handshake');
    assert.match(diagnosis.fault?.remedy ?? '', /app@127\.0\.0\.1/);
  });

  test('a name that EPMD does not know', async () => {
    const diagnosis = await examine('web@127.0.0.1');
    assertFault(diagnosis, 'EPMD_NAME_UNKNOWN', 'epmd');
    assert.match(JSON.stringify(diagnosis.fault), /registered nodes: app/);
  });

  test('a name that another node of the cluster has', async () => {
    await using other = await scene.cluster.erlang('dup');
    assert.equal(await other.eval(`net_adm:ping('${scene.peer.name}')`), 'pong');
    assertFault(await examine(scene.peer.name, { name: 'dup@127.0.0.1' }), 'NAME_TAKEN', 'handshake');
    assert.equal(await scene.peer.eval('nodes()'), "['dup@127.0.0.1']", 'that node keeps its connection');
  });

  test('another node at the port', async () => {
    const { port } = (await new EpmdClient({ port: scene.cluster.epmdPort }).lookup('app')) ?? { port: 0 };
    const held = await register('twin', port);
    const diagnosis = await examine('twin@127.0.0.1');
    assertFault(diagnosis, 'WRONG_NODE', 'handshake');
    assert.match(diagnosis.fault?.sentence ?? '', /app@127\.0\.0\.1/);
    held.close();
  });
}

/** Faults of EPMD and ports. */
function testPorts(scene: Scene): void {
  const { examine, register } = scene;

  test('a closed port, without EPMD', async () => {
    assertFault(await examine(scene.peer.name, { port: await freePort() }), 'PORT_CLOSED', 'port');
  });

  test('no EPMD', async () => {
    assertFault(await examine('nobody_here@127.0.0.1', { epmdPort: await freePort() }), 'EPMD_DOWN', 'epmd');
  });

  test('an EPMD that does not answer', async () => {
    await using silent = await startServer(() => undefined);
    assertFault(await examine(scene.peer.name, { epmdPort: silent.port, ...brief }), 'EPMD_SILENT', 'epmd');
  });

  test('a stale entry in EPMD', async () => {
    const held = await register('ghost', await freePort());
    assertFault(await examine('ghost@127.0.0.1'), 'EPMD_STALE', 'port');
    held.close();
  });

  test('a program that is not a node, and one that does not answer', async () => {
    await using web = await startServer((socket) => void socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
    assertFault(await examine(scene.peer.name, { port: web.port }), 'NOT_A_NODE', 'handshake');
    await using silent = await startServer(() => undefined);
    assertFault(await examine(scene.peer.name, { port: silent.port, ...brief }), 'NODE_SILENT', 'handshake');
  });
}

/** Handshakes that fail. */
function testHandshakes(scene: Scene): void {
  const { examine } = scene;

  test('a wrong cookie', async () => {
    assertFault(await examine(scene.peer.name, { cookie: 'another' }), 'COOKIE', 'handshake');
  });

  test('an allow list', async () => {
    await using strict = await scene.cluster.erlang('strict');
    await strict.eval("net_kernel:allow(['friend@127.0.0.1'])");
    assertFault(await examine(strict.name), 'NOT_ALLOWED', 'handshake');
  });

  test('a node that lacks a required capability', async () => {
    const self = { name: 'ancient@127.0.0.1', creation: 9, cookie, hidden: false };
    const listener = await listenForPeers({
      self: { ...self, flags: Flag.EXTENDED_REFERENCES },
      transport: createTcpTransport(),
      listen: { host: '127.0.0.1' },
      decide: () => 'ok',
      onConnection: (connection) => connection.close(),
    });
    assertFault(await examine(self.name, { port: listener.port }), 'MISSING_FLAGS', 'handshake');
    await listener.close();
  });

  test('TLS on only one side, and a bad certificate', async () => {
    await using authority = await TestAuthority.create();
    const certificate = await authority.issue();
    const transport = createTlsTransport({ ca: authority.ca, cert: certificate.cert, key: certificate.key });
    assertFault(await examine(scene.peer.name, { transport }), 'CONNECTION_TLS_NOT_SPOKEN', 'handshake');
    const startTls = (name: string, host: string[] | undefined): Promise<ErlangNode> =>
      authority.issue(host === undefined ? {} : { hosts: host }).then((own) =>
        startErlangNode({
          name: `${name}@127.0.0.1`,
          cookie,
          epmdPort: scene.cluster.epmdPort,
          args: ['-proto_dist', 'inet_tls', ...authority.emulatorArgs('25', { certificate: own })],
        }),
      );
    await using safe = await startTls('safe', undefined);
    assertFault(await examine(safe.name), 'CONNECTION_TLS_REQUIRED', 'handshake');
    assert.equal((await examine(safe.name, { transport })).fault, undefined);
    await using elsewhere = await startTls('elsewhere', ['other.example']);
    assertFault(await examine(elsewhere.name, { transport }), 'CONNECTION_TLS_WRONG_HOST', 'handshake');
    await using other = await TestAuthority.create();
    const stranger = createTlsTransport({ ca: other.ca });
    assertFault(await examine(safe.name, { transport: stranger }), 'CONNECTION_TLS_UNTRUSTED', 'handshake');
  });
}

/** Hosts that cannot be reached. */
function testNetwork(scene: Scene): void {
  const { examine } = scene;

  test('a host that does not exist, and a name server that fails', async () => {
    await using dns = await startDnsServer({ 'db1.example': 'SERVFAIL', 'db2.example': 'silent' });
    const ask = (host: string): Promise<Diagnosis> =>
      examine(`app@${host}`, { dnsServers: [dns.address], ...brief });
    assertFault(await ask('nowhere.example'), 'DNS_NO_SUCH_HOST', 'resolve');
    assertFault(await ask('db1.example'), 'DNS_FAILING', 'resolve');
    assertFault(await ask('db2.example'), 'DNS_FAILING', 'resolve');
  });

  test('a host with IPv6 only', async () => {
    await using dns = await startDnsServer({ 'db6.example': ['::1'] });
    const options = { dnsServers: [dns.address], family: 4 } as const;
    const diagnosis = await examine('app@db6.example', options);
    assertFault(diagnosis, 'NO_COMMON_FAMILY', 'resolve');
    assert.match(diagnosis.fault?.remedy ?? '', /Use IPv6/);
  });

  test('packets that are dropped on the way', { skip: missingNamespaces() ?? false }, async () => {
    using far = new Namespace();
    const { near, far: address } = layCable(undefined, far);
    // Replies are dropped.
    execFileSync('ip', ['-n', far.name, 'route', 'add', 'blackhole', near]);
    assertFault(await examine(`app@${address}`, { port: 4242, ...brief }), 'HOST_SILENT', 'port');
  });
}

/** Warnings about nodes that can be reached, and the output of the command. */
function testMesh(scene: Scene): void {
  const { examine } = scene;

  test('a warning: an incomplete mesh', async () => {
    const args = ['-connect_all', 'false'];
    await using a = await scene.cluster.erlang('a', { args });
    await using b = await scene.cluster.erlang('b', { args });
    await using c = await scene.cluster.erlang('c', { args });
    for (const other of [b, c]) assert.equal(await a.eval(`net_adm:ping('${other.name}')`), 'pong');
    const diagnosis = await examine(a.name);
    assert.equal(diagnosis.ok, true);
    assert.deepEqual(
      diagnosis.warnings.map(({ code }) => code),
      ['PARTIAL_MESH'],
    );
    assert.match(diagnosis.warnings[0]?.evidence.join() ?? '', /b@127\.0\.0\.1 lacks c@127\.0\.0\.1/);
  });

  test('a mesh with a TypeScript node is complete', async () => {
    await using a = await scene.cluster.erlang('mesh_a');
    await using b = await scene.cluster.erlang('mesh_b');
    const env = { CONVOY_COOKIE: cookie, ERL_EPMD_PORT: String(scene.cluster.epmdPort) };
    const words = ['node', '--name', 'mesh_ts@127.0.0.1', '--join', a.name];
    await using node = new ConvoyProcess(words, { env, keepsInput: true });
    await node.waitFor(/is up/);
    assert.equal(await a.eval(`net_adm:ping('${b.name}')`), 'pong');
    await eventually('a mesh of three', 30_000, async () => (await b.eval('length(nodes()).')) === '2');
    const diagnosis = await examine(a.name);
    assert.deepEqual([diagnosis.ok, diagnosis.warnings], [true, []]);
  });

  test('the command prints the steps, the fault and the remedy', async () => {
    const env = { CONVOY_COOKIE: 'another', ERL_EPMD_PORT: String(scene.cluster.epmdPort) };
    const { code, stdout, stderr } = await runConvoy(['doctor', scene.peer.name], { env });
    assert.equal(code, 3);
    assert.match(
      stderr,
      /ok {2}Ask EPMD: port \d+ .*\n.*ok {2}Open its port.*\n.*FAILED {2}Perform the handshake/,
    );
    assert.match(
      stdout,
      /has a different cookie than the one used here \[COOKIE\]\n[^]* do: Use the cookie of the node/,
    );
    const json = await runConvoy(['doctor', scene.peer.name, '--json'], {
      env: { ...env, CONVOY_COOKIE: cookie },
    });
    assert.deepEqual([json.code, (JSON.parse(json.stdout) as Diagnosis).ok], [0, true]);
  });
}

interface TestServer extends AsyncDisposable {
  readonly port: number;
}

/** A TCP server that does this with each socket. */
async function startServer(serve: (socket: Socket) => void): Promise<TestServer> {
  const sockets = new Set<Socket>();
  const server: Server = createServer((socket) => {
    sockets.add(socket.on('error', () => undefined).on('close', () => sockets.delete(socket)));
    serve(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as { port: number }).port,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
