/**
 * A small application, released by `mix release` for production: with its own emulator, in embedded mode, started by its start
 * script. It prints a line when it starts, with the HOME that it sees, and connects to the nodes in SHOP_PEERS.
 */

import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { endProcess, ProcessOutput } from '../child-process.ts';

export const shopVersion = '1.4.0';

const project = `defmodule Shop.MixProject do
  use Mix.Project

  def project do
    [app: :shop, version: "${shopVersion}", elixir: "~> 1.12", releases: [shop: []]]
  end

  def application, do: [extra_applications: [:logger], mod: {Shop, []}]
end
`;

const application = `defmodule Shop do
  use Application

  def start(_type, _args) do
    home = System.get_env("HOME")
    IO.puts("shop starts as #{node()}, HOME is #{home}, greeting #{Application.get_env(:shop, :greeting)}")
    for name <- "SHOP_PEERS" |> System.get_env("") |> String.split(), do: Node.connect(String.to_atom(name))
    Supervisor.start_link([], strategy: :one_for_one, name: Shop.Supervisor)
  end
end
`;

/** Read when the release starts: it boots twice then. */
const runtimeConfig = `import Config
config :shop, greeting: System.get_env("SHOP_GREETING", "none")
`;

/** How a node of the release is started outside of Convoy, as its operator does. */
export interface StartOptions {
  readonly name: string;
  readonly cookie: string;
  readonly epmdPort: number;
  readonly peers?: readonly string[];
}

/** The releases of one project. */
export class ElixirRelease implements Disposable {
  /** The folder of the project. */
  readonly project: string;
  /** The folder that `mix release` made. */
  readonly folder: string;

  /** Builds the release. `envScript` is the content of its `env.sh`. */
  static async build(options: { readonly envScript?: string } = {}): Promise<ElixirRelease> {
    const release = new ElixirRelease(mkdtempSync(join(tmpdir(), 'convoy-release-')));
    try {
      await release.#build(options);
      return release;
    } catch (error) {
      release[Symbol.dispose]();
      throw error;
    }
  }

  private constructor(folder: string) {
    this.project = folder;
    this.folder = join(folder, '_build/prod/rel/shop');
  }

  async #build({ envScript }: { readonly envScript?: string }): Promise<void> {
    const { project: folder } = this;
    for (const name of ['lib', 'config', 'rel', 'home']) mkdirSync(join(folder, name));
    writeFileSync(join(folder, 'mix.exs'), project);
    writeFileSync(join(folder, 'lib/shop.ex'), application);
    writeFileSync(join(folder, 'config/runtime.exs'), runtimeConfig);
    if (envScript !== undefined) writeFileSync(join(folder, 'rel/env.sh.eex'), envScript);
    await promisify(execFile)('mix', ['release', 'shop'], {
      cwd: folder,
      env: {
        PATH: process.env['PATH'],
        LANG: 'C.UTF-8',
        HOME: join(folder, 'home'),
        MIX_ENV: 'prod',
      },
    });
  }

  /** Starts a node of it as its operator does, and resolves when its application starts. */
  async start({ name, cookie, epmdPort, peers = [] }: StartOptions): Promise<ReleaseNode> {
    const child = spawn(join(this.folder, 'bin/shop'), ['start'], {
      env: {
        PATH: process.env['PATH'],
        LANG: 'C.UTF-8',
        HOME: join(this.project, 'home'),
        ERL_EPMD_PORT: String(epmdPort),
        ERL_FLAGS: '-start_epmd false',
        RELEASE_NODE: name,
        RELEASE_DISTRIBUTION: 'name',
        RELEASE_COOKIE: cookie,
        RELEASE_TMP: join(this.project, 'tmp'),
        SHOP_PEERS: peers.join(' '),
      },
    });
    const node = new ReleaseNode(name, child);
    try {
      await node.output.waitForMatch(/shop starts as/, 60_000);
      return node;
    } catch (error) {
      await node[Symbol.asyncDispose]();
      throw error;
    }
  }

  [Symbol.dispose](): void {
    rmSync(this.project, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** A node that runs from a release. `await using` stops it. */
export class ReleaseNode implements AsyncDisposable {
  readonly name: string;
  readonly output: ProcessOutput;
  readonly #child: ChildProcess;

  constructor(name: string, child: ChildProcess) {
    this.name = name;
    this.#child = child;
    this.output = new ProcessOutput(child, name);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await endProcess(this.#child);
  }
}
