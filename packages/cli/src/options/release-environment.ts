/**
 * What the environment of an Elixir or Erlang release says about distribution, read the way its start script and `erl` would:
 * `RELEASE_NAME`, `RELEASE_NODE`, `RELEASE_COOKIE`, `RELEASE_DISTRIBUTION`, `ERL_DIST_PORT`, and the flags in `ERL_AFLAGS`,
 * `ERL_FLAGS` and `ERL_ZFLAGS`. Flags that mean nothing to a TypeScript node are passed over. Pure.
 *
 * The start script puts its own flags on the command line: after those of ERL_AFLAGS, before those of ERL_FLAGS and ERL_ZFLAGS. Of a
 * flag given twice OTP takes the first, and `-sname` goes before `-name` wherever it stands.
 */

import { isLongHost, splitNodeName } from '@convoy/node/names';
import { type EmulatorFlags, parseEmulatorFlags, splitWords } from './emulator-flags.ts';

export interface ReleaseSettings {
  readonly name?: string;
  readonly cookie?: string;
  readonly listenPort?: string;
  /** The port of all nodes, without EPMD. */
  readonly distPort?: string;
  readonly proto?: string;
  readonly hidden?: boolean;
  readonly epmd?: string;
}

/** Why a release would not start with it, or we cannot do what it says; of what is said otherwise it does not matter. */
export interface ReleaseProblem {
  readonly message: string;
  readonly remedy: string;
}

export interface ReleaseProblems {
  readonly name?: ReleaseProblem;
  readonly proto?: ReleaseProblem;
  readonly cookie?: ReleaseProblem;
  readonly distPort?: ReleaseProblem;
}

type Distribution = 'name' | 'sname';

interface NameChoice {
  readonly kind: Distribution;
  readonly value: string;
  /** The variable that said it. */
  readonly source: string;
}

/** Protocols under the names that `--proto` has for them. */
const protocols: Readonly<Record<string, string>> = {
  inet_tcp: 'inet',
  inet6_tcp: 'inet6',
  inet_tls: 'tls',
  inet6_tls: 'tls6',
};

const before = ['ERL_AFLAGS'];
const after = ['ERL_FLAGS', 'ERL_ZFLAGS'];

function flagsOf(env: NodeJS.ProcessEnv, names: readonly string[]): EmulatorFlags {
  return parseEmulatorFlags(names.flatMap((name) => splitWords(env[name] ?? '')));
}

/** The settings that are there; what is not said, or cannot be used, is left out. `host` completes a long name without one. */
export function readReleaseEnvironment(env: NodeJS.ProcessEnv, host: string): ReleaseSettings {
  const flags = flagsOf(env, [...before, ...after]);
  const name = nameOf(env);
  const distPort = distPortOf(env, flags);
  const settings: Record<keyof ReleaseSettings, string | boolean | undefined> = {
    name: name === undefined || nameProblem(name, host) !== undefined ? undefined : completed(name, host),
    cookie: cookieOf(env, flags),
    // With a port for all nodes OTP listens there, whatever range is said besides.
    listenPort: distPort === undefined ? listenPortOf(flags) : undefined,
    distPort,
    proto: protocols[flags.first('-proto_dist') ?? ''],
    hidden: ['', 'true'].includes(flags.first('-hidden') ?? 'false') ? true : undefined,
    epmd: flags.first('-start_epmd') === 'false' ? epmdOfSilentStart(distPort) : undefined,
  };
  return Object.fromEntries(
    Object.entries(settings).filter(([, value]) => value !== undefined && value !== ''),
  );
}

/** What is wrong with what nobody says otherwise, on a machine whose name is `host`. */
export function releaseProblems(env: NodeJS.ProcessEnv, host: string): ReleaseProblems {
  const name = nameOf(env);
  const distribution = env['RELEASE_DISTRIBUTION'];
  const problem = name === undefined ? absenceProblem(distribution) : nameProblem(name, host);
  const flags = flagsOf(env, [...before, ...after]);
  const proto = flags.first('-proto_dist');
  return {
    ...(problem === undefined ? {} : { name: problem }),
    ...(proto === undefined || Object.hasOwn(protocols, proto) ? {} : { proto: protoProblem(proto) }),
    ...(cookiesIn(env, flags).length < 2 ? {} : { cookie: cookieProblem }),
    ...(distPortsIn(flags).length < 2 ? {} : { distPort: distPortProblem }),
  };
}

/** The name OTP would take. */
function nameOf(env: NodeJS.ProcessEnv): NameChoice | undefined {
  const choices = [...namesIn(env, before), ...releaseName(env), ...namesIn(env, after)];
  return choices.find(({ kind }) => kind === 'sname') ?? choices[0];
}

function namesIn(env: NodeJS.ProcessEnv, variables: readonly string[]): NameChoice[] {
  return variables.flatMap((source) => {
    const flags = flagsOf(env, [source]);
    return (['sname', 'name'] as const).flatMap((kind) => {
      const value = flags.first(`-${kind}`);
      return value === undefined || value === '' ? [] : [{ kind, value, source }];
    });
  });
}

function releaseName(env: NodeJS.ProcessEnv): NameChoice[] {
  const { RELEASE_NODE: node, RELEASE_NAME: name, RELEASE_DISTRIBUTION: distribution = '' } = env;
  const [source, value] =
    node === undefined || node === '' ? ['RELEASE_NAME', name ?? ''] : ['RELEASE_NODE', node];
  if (value === '' || !['', 'name', 'sname'].includes(distribution)) return [];
  // A release takes `sname` when nothing is said, and would not start with a long name then; we need not be that strict.
  const isLong = isLongHost(splitNodeName(value).host);
  const kind = distribution === '' ? (isLong ? 'name' : 'sname') : (distribution as Distribution);
  return [{ kind, value, source }];
}

/** A name without a host gets that of the machine: all of it for a long one, and the first part by whoever starts the node. */
function completed({ kind, value }: NameChoice, host: string): string {
  return kind === 'name' && !value.includes('@') ? `${value}@${host}` : value;
}

function nameProblem({ kind, value, source }: NameChoice, machine: string): ReleaseProblem | undefined {
  const { host } = splitNodeName(value);
  if (kind === 'sname' && isLongHost(host)) {
    return {
      message: `${source} says ${value} as a short name, but its host has dots`,
      remedy: 'Set RELEASE_DISTRIBUTION=name, or use -name in place of -sname.',
    };
  }
  if (kind === 'name' && host === '' && !machine.includes('.')) {
    return {
      message: `${source} says ${value} as a long name, and this machine has no name with a domain to complete it`,
      remedy: `Write ${value}@ and an address or a full host name.`,
    };
  }
  return undefined;
}

function absenceProblem(distribution: string | undefined): ReleaseProblem | undefined {
  if (distribution === undefined || ['', 'name', 'sname'].includes(distribution)) return undefined;
  if (distribution === 'none') {
    return {
      message: 'RELEASE_DISTRIBUTION is none, and a node without distribution would be none',
      remedy: 'Set RELEASE_DISTRIBUTION=name, or give --name.',
    };
  }
  return {
    message: `RELEASE_DISTRIBUTION is ${JSON.stringify(distribution)}`,
    remedy: 'It is none, name or sname.',
  };
}

function protoProblem(proto: string): ReleaseProblem {
  return {
    message: `-proto_dist ${proto} is not known`,
    remedy: `Use one of ${Object.keys(protocols).join(', ')}, or say --proto.`,
  };
}

const cookieProblem: ReleaseProblem = {
  message:
    'the cookie is said more than once, by RELEASE_COOKIE or -setcookie, and OTP would take none of them',
  remedy: 'Leave one of them.',
};

const distPortProblem: ReleaseProblem = {
  message: '-erl_epmd_port and -kernel erl_epmd_node_listen_port are both said, and OTP would refuse',
  remedy: 'Leave one of them.',
};

function cookieOf(env: NodeJS.ProcessEnv, flags: EmulatorFlags): string | undefined {
  const cookies = cookiesIn(env, flags);
  return cookies.length === 1 ? cookies[0] : undefined;
}

/** A start script turns `RELEASE_COOKIE` into `-setcookie`. `-setcookie NODE COOKIE` is for one peer, and not meant here. */
function cookiesIn(env: NodeJS.ProcessEnv, flags: EmulatorFlags): string[] {
  const ours = flags.all('-setcookie').filter((values) => values.length === 1);
  return [env['RELEASE_COOKIE'] ?? '', ...ours.flat()].filter((cookie) => cookie !== '');
}

/** `ERL_DIST_PORT` is what start scripts of releases (relx) turn into `-start_epmd false -erl_epmd_port`. */
function distPortOf(env: NodeJS.ProcessEnv, flags: EmulatorFlags): string | undefined {
  const ports = distPortsIn(flags);
  if (ports.length > 1) return undefined;
  return [...ports, env['ERL_DIST_PORT']].find((port) => port !== undefined && port !== '');
}

function distPortsIn(flags: EmulatorFlags): string[] {
  const ports = [flags.first('-erl_epmd_port'), flags.kernel('erl_epmd_node_listen_port')];
  return ports.filter((port) => port !== undefined);
}

/** A node that starts no EPMD uses the one that runs, unless it does without altogether. */
function epmdOfSilentStart(distPort: string | undefined): string {
  return distPort === undefined ? 'system' : 'none';
}

function listenPortOf(flags: EmulatorFlags): string | undefined {
  const min = flags.kernel('inet_dist_listen_min');
  const max = flags.kernel('inet_dist_listen_max');
  if (min === undefined) return undefined;
  return max === undefined || max === min ? min : `${min}-${max}`;
}
