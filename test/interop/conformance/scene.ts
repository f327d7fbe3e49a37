/**
 * The combinations of the conformance suite: a release of OTP, a carrier, a visible or a hidden node of ours, with or without distribution
 * headers. Each is a scene of an Erlang node and a Convoy node with a common EPMD.
 */

import { existsSync, readFileSync } from 'node:fs';
import { createTlsTransport, type Node, type NodeOptions, Pid, type Process, type Term } from '@convoy/node';
import { Flag } from '@convoy/node/connection';
import { TestAuthority } from '../../support/certificates.ts';
import { ErlangCluster } from '../../support/erlang/erlang-cluster.ts';
import type { ErlangNode, OtpRelease } from '../../support/erlang/erlang-node.ts';
import { eventually } from '../../support/eventually.ts';

export type Carrier = 'tcp' | 'ipv6' | 'tls';

export interface Combination {
  readonly release: OtpRelease;
  readonly carrier: Carrier;
  readonly isHidden: boolean;
  /** Whether the connection uses headers, with the atom cache of the peer, and fragments. */
  readonly hasHeaders: boolean;
}

const hasIpv6 = existsSync('/proc/net/if_inet6') && readFileSync('/proc/net/if_inet6', 'utf8') !== '';

/** Every combination for these releases. OTP 23 is installed without its `ssl` application. */
export function combinations(releases: readonly OtpRelease[]): Combination[] {
  const both = [false, true];
  return releases.flatMap((release) =>
    (['tcp', 'ipv6', 'tls'] as const)
      .filter((carrier) => carrier !== 'tls' || release !== '23')
      .flatMap((carrier) =>
        both.flatMap((isHidden) => both.map((hasHeaders) => ({ release, carrier, isHidden, hasHeaders }))),
      ),
  );
}

export function titleOf({ release, carrier, isHidden, hasHeaders }: Combination): string {
  const who = isHidden ? 'a hidden node' : 'a visible node';
  return `${who} and OTP ${release} over ${carrier}, ${hasHeaders ? 'with headers' : 'without headers'}`;
}

/** Why the combination cannot be tried here, or `false`. */
export function missingCarrier({ carrier }: Combination): string | false {
  return carrier === 'ipv6' && !hasIpv6 ? 'this machine has no IPv6' : false;
}

/** What leads to distribution headers if both sides have it. */
const headers = Flag.DIST_HDR_ATOM_CACHE | Flag.FRAGMENTS;

/** How long one step may take. */
const deadlineMs = 60_000;

/** The two nodes. `Scene.start` connects nothing. */
export class Scene implements AsyncDisposable {
  readonly combination: Combination;
  readonly node: Node;
  readonly erl: ErlangNode;
  readonly #stack: AsyncDisposableStack;

  private constructor(parts: {
    combination: Combination;
    node: Node;
    erl: ErlangNode;
    stack: AsyncDisposableStack;
  }) {
    this.combination = parts.combination;
    this.node = parts.node;
    this.erl = parts.erl;
    this.#stack = parts.stack;
  }

  static async start(combination: Combination): Promise<Scene> {
    const { release, carrier, isHidden, hasHeaders } = combination;
    const stack = new AsyncDisposableStack();
    const cluster = stack.use(await ErlangCluster.start({ cookie: 'conformance', release }));
    const host = carrier === 'ipv6' ? '::1' : '127.0.0.1';
    const { args, options } = await carrierOptions(combination, stack);
    const [erl, node] = await Promise.all([
      cluster.erlang(`otp@${host}`, { args }),
      cluster.own(`ts@${host}`, { ...options, hidden: isHidden, withoutFlags: hasHeaders ? 0n : headers }),
    ]);
    return new Scene({ combination, node, erl, stack });
  }

  get us(): string {
    return this.node.name;
  }
  get peer(): string {
    return this.erl.name;
  }

  /** Evaluates on the Erlang node, with separate variables. */
  readonly run = (body: string): Promise<string> => this.erl.eval(`(fun() -> ${body} end)().`);

  /** Connects them, if they are not. */
  connect(): Promise<void> {
    return this.node.connect(this.peer);
  }

  /** Disconnects them, and waits until both sides have noticed: a node that dials meanwhile is checked for seconds. */
  async disconnect(): Promise<void> {
    this.node.disconnect(this.peer);
    const isGone = async (): Promise<boolean> => (await this.run('nodes(connected)')) === '[]';
    await eventually('the peer to notice', deadlineMs, isGone);
  }

  /** Runs a function in a process of ours and returns its result. */
  inProcess<Result>(body: (self: Process) => Promise<Result>): Promise<Result> {
    return new Promise((resolve, reject) => {
      this.node.spawn(async (self) => {
        await body(self).then(resolve, reject);
      });
    });
  }

  /** Starts a process there that sends us its pid and then evaluates `body`. */
  async spawnThere(self: Process, body: string): Promise<Pid> {
    const box = `box${self.pid.id}`;
    this.node.register(box, self.pid);
    await this.run(`spawn(fun() -> {${box}, '${this.us}'} ! self(), ${body} end)`);
    const pid = await next(self);
    this.node.processes.unregister(box);
    if (!(pid instanceof Pid)) throw new Error('the message is not a pid');
    return pid;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#stack.disposeAsync();
  }
}

export function next(self: Process): Promise<Term> {
  return self.receive({ timeoutMs: deadlineMs });
}

interface CarrierOptions {
  readonly args: readonly string[];
  readonly options: Pick<NodeOptions, 'proto' | 'transport'>;
}

async function carrierOptions(
  { carrier, release }: Combination,
  stack: AsyncDisposableStack,
): Promise<CarrierOptions> {
  if (carrier === 'tcp') return { args: [], options: {} };
  if (carrier === 'ipv6') return { args: ['-proto_dist', 'inet6_tcp'], options: { proto: 'inet6' } };
  const authority = stack.use(await TestAuthority.create());
  const certificate = await authority.issue();
  const { ca } = authority;
  return {
    args: ['-proto_dist', 'inet_tls', ...authority.emulatorArgs(release, { certificate })],
    options: { transport: createTlsTransport({ ca, cert: certificate.cert, key: certificate.key }) },
  };
}
