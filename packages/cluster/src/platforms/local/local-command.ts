/**
 * The command for each kind of node on this computer: program, arguments, environment, and the files it reads. The cookie
 * and the link cookie are in 0600 files in the node's own 0700 folder, never in arguments or the environment. Every node
 * listens on loopback only and uses the given EPMD; none of them starts one.
 */

import { chmod, mkdir, rm, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { formatLink, linkVariable, type NodeLink } from '../../on-node/link-cookie.ts';
import { childEnvironment } from '../../child-environment.ts';
import { elixirBoot, erlangBoot } from '../../on-node/beam-boot.ts';
import type { LocalCommand } from '../../launch/child-process.ts';
import type { LaunchVariables, ProviderNodeKind } from '../../launch/provider.ts';
import type { Runtime } from '../../runtimes/local-runtimes.ts';

export interface LocalCommandOptions {
  readonly node: string;
  readonly kind: ProviderNodeKind;
  /** The node's own folder, created by `prepareFolder`. */
  readonly folder: string;
  readonly epmdPort: number;
  /** Command line of `convoy`, program first. */
  readonly convoyCommand: readonly string[];
  /** Environment that the node inherits, filtered by the allow-list of `childEnvironment`. */
  readonly env: NodeJS.ProcessEnv;
  /** Variables that the user set for this launch. */
  readonly variables?: LaunchVariables;
  /** The program of an Erlang or Elixir node, and folders that come before PATH. Default: `erl` or `elixir` on PATH. */
  readonly runtime?: Pick<Runtime, 'file' | 'folders'> | undefined;
}

const cookieFile = '.erlang.cookie';
const linkFile = 'link';
const bootFiles = { elixir: 'boot.exs', erlang: 'boot.erl' } as const;

/** The secrets of a node: the cookie of its cluster, and the link with the node that starts it, if there is one. */
export interface NodeSecrets {
  readonly cookie: string;
  readonly link?: NodeLink | undefined;
}

/** Creates the node's folder from scratch, with its secrets and its boot program. */
export async function prepareFolder(
  options: Pick<LocalCommandOptions, 'folder' | 'kind'>,
  { cookie, link }: NodeSecrets,
): Promise<void> {
  const { folder, kind } = options;
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true, mode: 0o700 });
  // The umask restricts the mode of the new folder, so set it explicitly.
  await chmod(folder, 0o700);
  await writeFile(join(folder, cookieFile), cookie, { mode: 0o600 });
  if (link !== undefined) await writeFile(join(folder, linkFile), formatLink(link), { mode: 0o600 });
  if (kind === 'typescript') return;
  await writeFile(join(folder, bootFiles[kind]), kind === 'elixir' ? elixirBoot() : erlangBoot(), {
    mode: 0o600,
  });
}

// The address is a single argument for sh as well: it has no spaces, and sh does not expand braces in variable values.
// ^C in the console's terminal also reaches its nodes; with +Bi they ignore it, and the console stops them.
const emulatorFlags = ['+Bi', '-start_epmd', 'false', '-kernel', 'inet_dist_use_interface', '{127,0,0,1}'];

/** The command line of the node. Pure. */
export function localCommand(options: LocalCommandOptions): LocalCommand {
  const { node, kind, folder, variables = {}, runtime } = options;
  const given = { ...childEnvironment(options.env), ...variables };
  const common: NodeJS.ProcessEnv = {
    ...given,
    ERL_EPMD_PORT: String(options.epmdPort),
    [linkVariable]: join(folder, linkFile),
  };
  if (kind === 'typescript') {
    const [file = process.execPath, ...args] = options.convoyCommand;
    const nodeArgs = ['node', '--name', node, '--cookie-file', join(folder, cookieFile), '--epmd', 'system'];
    return { file, args: [...args, ...nodeArgs], env: { ...common, CONVOY_PARENT_PIPE: '1' } };
  }
  const boot = join(folder, bootFiles[kind]);
  const beam: NodeJS.ProcessEnv = {
    ...common,
    ...pathWith(runtime?.folders ?? [], given['PATH']),
    HOME: folder,
    ...(given['HOME'] === undefined ? {} : { CONVOY_USER_HOME: given['HOME'] }),
    CONVOY_BOOT: boot,
    ERL_CRASH_DUMP: join(folder, 'erl_crash.dump'),
  };
  if (kind === 'elixir') {
    const args = ['--name', node, '--erl', emulatorFlags.join(' '), '--no-halt', boot];
    return { file: runtime?.file ?? 'elixir', args, env: beam };
  }
  const run = 'ok = file:eval(os:getenv("CONVOY_BOOT")).';
  return {
    file: runtime?.file ?? 'erl',
    args: ['-noshell', '-name', node, ...emulatorFlags, '-eval', run],
    env: beam,
  };
}

function pathWith(folders: readonly string[], path: string | undefined): { readonly PATH?: string } {
  return folders.length === 0 ? {} : { PATH: [...folders, path ?? ''].join(delimiter) };
}
