/**
 * The command for each kind of node on this computer: program, arguments, environment, and the files it reads. The cookie
 * and the link cookie are in 0600 files in the node's own 0700 folder, never in arguments or the environment. Every node
 * listens on loopback only and uses the given EPMD; none of them starts one.
 */

import { chmod, mkdir, rm, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { formatLink, linkVariable, type NodeLink } from '../../on-node/link-cookie.ts';
import { childEnvironment } from '../../child-environment.ts';
import { type DeadMan, elixirBoot, erlangBoot } from '../../on-node/beam-boot.ts';
import { releaseBoot } from '../../on-node/release-boot.ts';
import type { LocalCommand } from '../../launch/child-process.ts';
import { type LaunchProgram, programVariables } from '../../launch/launch-program.ts';
import { releaseFlags, startRelease } from '../../launch/release/release-script.ts';
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
  /** When the node exits by itself. Default: at the end of its standard input. */
  readonly deadMan?: DeadMan | undefined;
  /** Memory limit in MB. */
  readonly memoryMb?: number | undefined;
  readonly program?: LaunchProgram | undefined;
}

const cookieFile = '.erlang.cookie';
const linkFile = 'link';
const bootFiles = { elixir: 'boot.exs', erlang: 'boot.erl' } as const;
const flagsFile = 'flags';

/** The secrets of a node: the cookie of its cluster, and the link with the node that starts it, if there is one. */
export interface NodeSecrets {
  readonly cookie: string;
  readonly link?: NodeLink | undefined;
}

/** Creates the node's folder from scratch, with its secrets and its boot program. */
export async function prepareFolder(
  options: Pick<LocalCommandOptions, 'folder' | 'kind' | 'deadMan' | 'program'>,
  { cookie, link }: NodeSecrets,
): Promise<void> {
  const { folder, kind, deadMan, program } = options;
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true, mode: 0o700 });
  // The umask restricts the mode of the new folder, so set it explicitly.
  await chmod(folder, 0o700);
  await writeFile(join(folder, cookieFile), cookie, { mode: 0o600 });
  if (link !== undefined) await writeFile(join(folder, linkFile), formatLink(link), { mode: 0o600 });
  if (kind === 'typescript') return;
  if (program?.kind === 'release') {
    const boot = releaseBoot(
      kind === 'elixir' ? 'Elixir' : 'Erlang',
      deadMan?.kind === 'owner' ? deadMan : { kind: 'descriptor' },
    );
    await writeFile(join(folder, bootFiles.erlang), boot, { mode: 0o600 });
    return writeFile(join(folder, flagsFile), releaseFlags(emulatorFlags), { mode: 0o600 });
  }
  const boot = kind === 'elixir' ? elixirBoot(deadMan) : erlangBoot(deadMan);
  await writeFile(join(folder, bootFiles[kind]), boot, { mode: 0o600 });
}

// The address is a single argument for sh as well: it has no spaces, and sh does not expand braces in variable values.
// ^C in the console's terminal also reaches its nodes; with +Bi they ignore it, and the console stops them.
const emulatorFlags = ['+Bi', '-start_epmd', 'false', '-kernel', 'inet_dist_use_interface', '{127,0,0,1}'];

/** The command line of the node. Pure. */
export function localCommand(options: LocalCommandOptions): LocalCommand {
  const { node, kind, folder, variables = {}, runtime, deadMan, memoryMb, program } = options;
  const ownerless = deadMan?.kind === 'owner' ? deadMan : undefined;
  const given = { ...childEnvironment(options.env), ...variables };
  const common: NodeJS.ProcessEnv = {
    ...given,
    ERL_EPMD_PORT: String(options.epmdPort),
    [linkVariable]: join(folder, linkFile),
    ...(ownerless === undefined ? {} : { CONVOY_FOLDER: folder }),
  };
  if (kind === 'typescript') {
    const [file = process.execPath, ...args] = options.convoyCommand;
    const module = program?.kind === 'file' ? [program.file] : [];
    const nodeArgs = [
      'node',
      ...module,
      '--name',
      node,
      '--cookie-file',
      join(folder, cookieFile),
      '--epmd',
      'system',
    ];
    const life: NodeJS.ProcessEnv =
      ownerless === undefined
        ? { CONVOY_PARENT_PIPE: '1' }
        : { CONVOY_DEADMAN_MS: String(ownerless.graceMs) };
    const env = { ...common, ...life, ...withHeapLimit(given['NODE_OPTIONS'], memoryMb) };
    return { file, args: [...args, ...nodeArgs], env };
  }
  const release = program?.kind === 'release' ? program.folder : undefined;
  const boot = join(folder, bootFiles[release === undefined ? kind : 'erlang']);
  const beam: NodeJS.ProcessEnv = {
    ...common,
    ...programVariables(program),
    ...pathWith(runtime?.folders ?? [], given['PATH']),
    HOME: folder,
    ...(given['HOME'] === undefined ? {} : { CONVOY_USER_HOME: given['HOME'] }),
    CONVOY_BOOT: boot,
    ERL_CRASH_DUMP: join(folder, 'erl_crash.dump'),
  };
  if (release !== undefined) {
    const command = releaseCommand({ folder, node, release, env: beam });
    return limited({ ...command, hasLifeline: ownerless === undefined }, memoryMb);
  }
  if (kind === 'elixir') {
    const args = ['--name', node, '--erl', emulatorFlags.join(' '), '--no-halt', boot];
    return limited({ file: runtime?.file ?? 'elixir', args, env: beam }, memoryMb);
  }
  const run = 'ok = file:eval(os:getenv("CONVOY_BOOT")).';
  const command = {
    file: runtime?.file ?? 'erl',
    // A node without a pipe must not read the end of its standard input.
    args: [ownerless === undefined ? '-noshell' : '-noinput', '-name', node, ...emulatorFlags, '-eval', run],
    env: beam,
  };
  return limited(command, memoryMb);
}

/** Runs the start script of a release; a shell prepares what it reads. */
function releaseCommand(options: {
  readonly folder: string;
  readonly node: string;
  readonly release: string;
  readonly env: NodeJS.ProcessEnv;
}): LocalCommand {
  const { folder, node, release, env } = options;
  const script = `release=$2 node=$3\n${startRelease}`;
  return { file: '/bin/sh', args: ['-c', script, 'convoy-release', folder, release, node], env };
}

/**
 * The command, started by a shell that sets RLIMIT_DATA first. Linux counts all private writable memory there. The emulator
 * of OTP 25 starts within 64 MB on two cores, and says what it could not allocate before it exits.
 */
function limited(command: LocalCommand, memoryMb: number | undefined): LocalCommand {
  if (memoryMb === undefined) return command;
  const { file, args } = command;
  const limit = 'ulimit -d "$1" || exit 1; shift; exec "$@"';
  const limitedArgs = ['-c', limit, 'convoy-node', String(memoryMb * 1024), file, ...args];
  return { ...command, file: '/bin/sh', args: limitedArgs };
}

/** V8 reserves far more address space than it uses, so only its heap can be limited. */
function withHeapLimit(nodeOptions: string | undefined, memoryMb: number | undefined): NodeJS.ProcessEnv {
  if (memoryMb === undefined) return {};
  return { NODE_OPTIONS: [nodeOptions, `--max-old-space-size=${memoryMb}`].filter(Boolean).join(' ') };
}

function pathWith(folders: readonly string[], path: string | undefined): { readonly PATH?: string } {
  return folders.length === 0 ? {} : { PATH: [...folders, path ?? ''].join(delimiter) };
}
