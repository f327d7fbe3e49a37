/** The peers that snippets talk to, started when the first snippet needs them, and what snippets have to know of them. */

import { copyFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { launchNode } from '../console/console-api.ts';
import { startConsoleProcess } from '../console/console-process.ts';
import { TestAuthority } from '../certificates.ts';
import { ErlangCluster } from '../erlang/erlang-cluster.ts';
import { freePort } from '../free-port.ts';
import { startDnsServer } from '../network/dns-server.ts';
import { startSshServer } from '../network/ssh-server.ts';
import type { Stranger } from '../packed/stranger.ts';
import { RailwayWorld } from '../railway-world.ts';
import type { Peer, Scene } from './scene.ts';

export const snippetCookie = 'snippets-interop';

const counter = `
defmodule Counter do
  use GenServer
  def init(n), do: {:ok, n}
  def handle_call(:next, _, n), do: {:reply, n + 1, n + 1}
  def handle_call(:get, _, n), do: {:reply, n, n}
  def handle_call({:add, more}, _, n), do: {:reply, n + more, n + more}
  def handle_cast({:set, n}, _), do: {:noreply, n}
end
{:ok, _} = GenServer.start(Counter, 0, name: :counter)
`;

type Values = Readonly<Record<string, string>>;

export class SnippetWorld implements AsyncDisposable {
  readonly #stranger: Stranger;
  readonly #stack = new AsyncDisposableStack();
  readonly #started = new Map<Peer, Promise<Values>>();
  #cluster: Promise<ErlangCluster> | undefined;

  constructor(stranger: Stranger) {
    this.#stranger = stranger;
  }

  /** The EPMD of everything in it. */
  async epmdPort(): Promise<number> {
    this.#cluster ??= ErlangCluster.start({ cookie: snippetCookie }).then((cluster) =>
      this.#stack.use(cluster),
    );
    return (await this.#cluster).epmdPort;
  }

  /** Starts what the scene needs. Returns what stands for `{{NAME}}` in it. */
  async valuesFor({ needs = [] }: Scene): Promise<Values> {
    const epmdPort = await this.epmdPort();
    const values = {
      FOLDER: this.#stranger.folder,
      FREE_PORT: String(await freePort()),
      EPMD_PORT: String(epmdPort),
    };
    const found = [];
    for (const peer of needs) {
      const started = this.#started.get(peer) ?? this.#start(peer);
      this.#started.set(peer, started);
      found.push(await started);
    }
    return Object.assign(values, ...found) as Values;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#stack.disposeAsync();
  }

  #start(peer: Peer): Promise<Values> {
    const starts: Record<Peer, () => Promise<Values>> = {
      beam: () => this.#startBeam(),
      ssh: () => this.#startSsh(),
      dns: () => this.#startDns(),
      console: () => this.#startConsole(),
      railway: () => this.#startRailway(),
      certificates: () => this.#issueCertificates(),
    };
    return starts[peer]();
  }

  async #startBeam(): Promise<Values> {
    await this.epmdPort();
    const elixir = await (await this.#cluster)?.erlang('app', { kind: 'elixir' });
    await elixir?.eval(counter);
    return {};
  }

  async #startSsh(): Promise<Values> {
    const env = { ERL_EPMD_PORT: String(await this.epmdPort()) };
    const server = this.#stack.use(await startSshServer({ env }));
    server.trustIn(this.#stranger.folder);
    return {
      SSH_TARGET: server.target,
      SSH_IDENTITY: server.identityFile,
      SSH_KNOWN_HOSTS: server.knownHostsFile,
    };
  }

  async #startDns(): Promise<Values> {
    const server = this.#stack.use(
      await startDnsServer({ 'mesh.internal': ['127.0.0.1'], 'app.internal': ['127.0.0.1'] }),
    );
    return { DNS_SERVER: server.address };
  }

  async #startConsole(): Promise<Values> {
    const console = this.#stack.use(await startConsoleProcess());
    await launchNode(console, 'typescript');
    const { origin } = new URL(console.url);
    return {
      CONSOLE_ORIGIN: origin,
      CONSOLE_TOKEN: readFileSync(join(console.dataDir, 'token'), 'utf8').trim(),
    };
  }

  async #startRailway(): Promise<Values> {
    const { simulator } = this.#stack.use(await RailwayWorld.start());
    return { RAILWAY_ENDPOINT: simulator.endpoint, RAILWAY_TOKEN: simulator.token };
  }

  async #issueCertificates(): Promise<Values> {
    const authority = this.#stack.use(await TestAuthority.create());
    const { certFile, keyFile } = await authority.issue();
    for (const [file, name] of [
      [certFile, 'web.pem'],
      [keyFile, 'web.key'],
      [authority.caFile, 'ca.pem'],
    ] as const)
      copyFileSync(file, join(this.#stranger.folder, name));
    return {};
  }
}
