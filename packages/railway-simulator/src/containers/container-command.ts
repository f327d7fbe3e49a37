/**
 * Builds the command that runs a container of the simulator as a process of this computer: what its image would run, with the
 * variables of its service as environment, and only PATH from our own. A node listens on the address of its service, on the
 * distribution port of the cluster, without EPMD. Pure.
 */

import { join } from 'node:path';
import { type LocalCommand, ProviderError, type ProviderNodeKind } from '@convoy/cluster';
import type { RailwaySource } from '@convoy/cluster/railway';

export interface ContainerCommandOptions {
  readonly kind: ProviderNodeKind;
  readonly folder: string;
  /** The address to listen on; `undefined` when the container has its own network. */
  readonly address: string | undefined;
  readonly startCommand: string | undefined;
  /** How to run the `convoy` command, program first. */
  readonly convoyCommand: readonly string[];
  /** The PATH to find programs on. */
  readonly path: string;
  /** Variables of the service. */
  readonly env: Readonly<Record<string, string>>;
}

const kindsByName: Readonly<Record<string, ProviderNodeKind>> = {
  convoy: 'typescript',
  'convoy-node': 'typescript',
  elixir: 'elixir',
  erlang: 'erlang',
};

/** The kind of node in an image or repository, by its name: `ghcr.io/acme/convoy-node:1.2` and `acme/convoy-node` are TypeScript. */
export function kindOfSource(source: RailwaySource): ProviderNodeKind | undefined {
  const text = 'image' in source ? source.image : source.repo;
  const name =
    text
      .replace(/@sha256:[0-9a-f]+$/, '')
      .split('/')
      .at(-1)
      ?.replace(/:.*$/, '') ?? '';
  return Object.hasOwn(kindsByName, name) ? kindsByName[name] : undefined;
}

/** Throws PROVIDER_BAD_NAME or PROVIDER_SPAWN_FAILED when the variables lack a valid node name or port. */
export function containerCommand(options: ContainerCommandOptions): LocalCommand {
  const { kind, folder, path, convoyCommand, startCommand, env: variables } = options;
  const node = required(variables, 'RELEASE_NODE');
  const port = variables['ERL_DIST_PORT'] ?? portOfFlags(variables) ?? required(variables, 'ERL_DIST_PORT');
  if (!/^[\w-]+@[\w.:-]+$/.test(node)) {
    throw new ProviderError(
      'PROVIDER_BAD_NAME',
      `RELEASE_NODE ${JSON.stringify(node)} is not a valid node name`,
      { remedy: 'Set RELEASE_NODE on the service to name@host.' },
    );
  }
  if (!/^\d{1,5}$/.test(port)) {
    throw new ProviderError(
      'PROVIDER_SPAWN_FAILED',
      `ERL_DIST_PORT ${JSON.stringify(port)} is not a valid port`,
      { remedy: 'Set ERL_DIST_PORT on the service to a port number.' },
    );
  }
  const env: NodeJS.ProcessEnv = { PATH: path, LANG: 'C.UTF-8', HOME: folder, ...variables };
  if (startCommand !== undefined) return startedBy(startCommand, convoyCommand, env);
  if (kind === 'typescript') return startedBy('convoy node', convoyCommand, env);
  return beamCommand(options, node, env);
}

/** The port in the emulator flags of the variables. */
function portOfFlags(variables: Readonly<Record<string, string>>): string | undefined {
  const flags = ['ERL_AFLAGS', 'ERL_FLAGS', 'ERL_ZFLAGS'].map((name) => variables[name] ?? '').join(' ');
  return /(?:^|\s)-erl_epmd_port\s+(\S+)/.exec(flags)?.[1];
}

function required(variables: Readonly<Record<string, string>>, name: string): string {
  const value = variables[name];
  if (value !== undefined && value !== '') return value;
  throw new ProviderError('PROVIDER_SPAWN_FAILED', `the variable ${name} is not set`, {
    remedy:
      'Set RELEASE_NODE, RELEASE_COOKIE and ERL_DIST_PORT (or -erl_epmd_port in ERL_AFLAGS) on the service.',
  });
}

/** Splits the command at spaces outside of quotes. `convoy` is this Convoy, regardless of PATH. */
function startedBy(
  startCommand: string,
  convoyCommand: readonly string[],
  env: NodeJS.ProcessEnv,
): LocalCommand {
  const words = Array.from(startCommand.matchAll(/(?:"[^"]*"|'[^']*'|[^\s"'])+/g), ([word]) =>
    word.replaceAll(/["']/g, ''),
  );
  const [program = '', ...rest] = words;
  const [file = '', ...args] = program === 'convoy' ? [...convoyCommand, ...rest] : words;
  if (file === '') {
    throw new ProviderError('PROVIDER_SPAWN_FAILED', 'the start command is empty', {
      remedy: 'Set a start command, or omit it for that of the image.',
    });
  }
  return { file, args, env: { ...env, CONVOY_PARENT_PIPE: '1' } };
}

function beamCommand(
  { kind, folder, address, env: variables }: ContainerCommandOptions,
  node: string,
  env: NodeJS.ProcessEnv,
): LocalCommand {
  const boot = join(folder, kind === 'elixir' ? 'boot.exs' : 'boot.erl');
  const beamEnv = { ...env, CONVOY_BOOT: boot, ERL_CRASH_DUMP: join(folder, 'erl_crash.dump') };
  const flags = ['+Bi'];
  const port = variables['ERL_DIST_PORT'];
  // As start scripts of relx do. Given twice, the node would find no others.
  if (portOfFlags(variables) === undefined && port !== undefined) {
    flags.push('-start_epmd', 'false', '-erl_epmd_port', port);
  }
  if (address !== undefined) {
    flags.push('-kernel', 'inet_dist_use_interface', `{${address.replaceAll('.', ',')}}`);
  }
  if (kind === 'elixir') {
    const args = ['--name', node, '--erl', flags.join(' '), '--no-halt', boot];
    return { file: 'elixir', args, env: beamEnv };
  }
  const run = 'ok = file:eval(os:getenv("CONVOY_BOOT")).';
  return { file: 'erl', args: ['-noshell', '-name', node, ...flags, '-eval', run], env: beamEnv };
}
