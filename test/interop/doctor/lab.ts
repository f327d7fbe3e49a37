/** What the staged faults and the healthy variants are made of: nodes, daemons, programs and hosts, closed after each of them. */

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { randomBytes } from 'node:crypto';
import { diagnose, type DiagnoseOptions, type Diagnosis } from '@convoy/cluster/doctor';
import { parseSshTarget, type SshTunnelOptions } from '@convoy/cluster/ssh';
import { EpmdClient } from '@convoy/node/epmd';
import { runConvoy } from '../../support/convoy-command.ts';
import { ErlangCluster } from '../../support/erlang/erlang-cluster.ts';
import {
  type ErlangNode,
  type ErlangNodeOptions,
  type OtpRelease,
  startErlangNode,
} from '../../support/erlang/erlang-node.ts';
import { startEpmdIn } from '../../support/erlang/test-epmd.ts';
import { layCable, Namespace } from '../../support/network/namespaces.ts';
import { type SshServer, type SshServerOptions, startSshServer } from '../../support/network/ssh-server.ts';
import { cookie } from './assert-fault.ts';

type NodeOptions = Omit<Partial<ErlangNodeOptions>, 'name' | 'namespace'>;

/** A host on a cable of its own. */
export interface LabHost {
  readonly namespace: Namespace;
  readonly address: string;
  /** This machine, on that cable. */
  readonly here: string;
}

export class Lab implements AsyncDisposable {
  readonly cluster: ErlangCluster;
  readonly release: OtpRelease;
  readonly #stack = new AsyncDisposableStack();

  private constructor(cluster: ErlangCluster, release: OtpRelease) {
    this.cluster = this.#stack.use(cluster);
    this.release = release;
  }

  static async open(release: OtpRelease = '25'): Promise<Lab> {
    return new Lab(await ErlangCluster.start({ cookie, release }), release);
  }

  /** Closes it with the lab. */
  use<Value extends AsyncDisposable | Disposable>(value: Value): Value {
    return this.#stack.use(value);
  }

  /** A name that no other test uses: the processes of this machine are looked through. */
  name(start = 'app'): string {
    return `${start}_${randomBytes(3).toString('hex')}`;
  }

  /** A node on this machine. Patient, because a handshake with TLS takes seconds on a busy machine. */
  readonly examine = (node: string, options: Partial<DiagnoseOptions> = {}): Promise<Diagnosis> =>
    diagnose(node, { cookie, epmdPort: this.cluster.epmdPort, timeoutMs: 10_000, ...options });

  /** The same where something does not answer. */
  readonly examineSilent = (node: string, options: Partial<DiagnoseOptions> = {}): Promise<Diagnosis> =>
    this.examine(node, { timeoutMs: 2000, ...options });

  /** A node on a host, whose EPMD is at the usual port. */
  readonly examineFar = (node: string, options: Partial<DiagnoseOptions> = {}): Promise<Diagnosis> =>
    this.examine(node, { epmdPort: 4369, ...options });

  /** The same by the command, at a place where names or networks are others. */
  async examineIn(
    place: { command(...words: readonly string[]): string[] },
    node: string,
    { epmdPort = this.cluster.epmdPort }: { readonly epmdPort?: number } = {},
  ): Promise<Diagnosis> {
    const env = { CONVOY_COOKIE: cookie, ERL_EPMD_PORT: String(epmdPort) };
    const { stdout, stderr } = await runConvoy(['doctor', node, '--json', '--timeout', '5'], { env, place });
    assert.ok(stdout.startsWith('{'), stdout + stderr);
    return JSON.parse(stdout) as Diagnosis;
  }

  /** A host on the same network. */
  host(family: 4 | 6 = 4): LabHost {
    const namespace = this.use(new Namespace());
    const { near, far } = layCable(undefined, namespace, family);
    return { namespace, address: far, here: near };
  }

  /** An EPMD on a host. */
  async epmdOn(
    { namespace }: Pick<LabHost, 'namespace'>,
    env: Readonly<Record<string, string>> = {},
  ): Promise<void> {
    const set = Object.entries(env).map(([key, value]) => `${key}=${value}`);
    this.use(
      await startEpmdIn({
        command: (...words: readonly string[]) => namespace.command('env', ...set, ...words),
      }),
    );
  }

  /** A node on a host. */
  async nodeOn(
    { namespace, address }: Pick<LabHost, 'namespace' | 'address'>,
    options: NodeOptions & { readonly name?: string } = {},
  ): Promise<ErlangNode> {
    const name = `${options.name ?? this.name()}@${address}`;
    const { release } = this;
    return this.use(await startErlangNode({ cookie, epmdPort: 4369, release, ...options, name, namespace }));
  }

  /** Registers a name for a port at the EPMD of the lab. */
  async register(name: string, port: number): Promise<void> {
    const held = await new EpmdClient({ port: this.cluster.epmdPort }).register({ name, port });
    this.#stack.defer(() => held.close());
  }

  /** A program that listens on this machine and does this with each socket. Returns its port. */
  async program(serve: (socket: Socket) => void, host = '127.0.0.1'): Promise<number> {
    const sockets = new Set<Socket>();
    const server = createServer((socket) => {
      sockets.add(socket.on('error', () => undefined).on('close', () => sockets.delete(socket)));
      serve(socket);
    });
    server.listen(0, host);
    await once(server, 'listening');
    this.#stack.defer(async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    });
    return (server.address() as { port: number }).port;
  }

  async sshServer(options: SshServerOptions = {}): Promise<SshServer> {
    return this.use(await startSshServer(options));
  }

  /** A node of the lab through SSH. */
  readonly examineVia = (
    server: SshServer,
    node: string,
    more: Partial<DiagnoseOptions> & {
      readonly ssh?: Partial<SshTunnelOptions>;
      readonly target?: string;
    } = {},
  ): Promise<Diagnosis> => {
    const { ssh, target = server.target, ...options } = more;
    const via = { target: parseSshTarget(target), options: { ...server.options, ...ssh } };
    return diagnose(node, { cookie, timeoutMs: 10_000, via, ...options });
  };

  [Symbol.asyncDispose](): Promise<void> {
    return this.#stack.disposeAsync();
  }
}
