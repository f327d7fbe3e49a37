/**
 * Reads the distribution settings of an Elixir or Erlang release from its environment, as its start script and `erl` would:
 * `RELEASE_NAME`, `RELEASE_NODE`, `RELEASE_COOKIE`, `RELEASE_DISTRIBUTION`, `ERL_DIST_PORT`, and the flags in `ERL_AFLAGS`,
 * `ERL_FLAGS` and `ERL_ZFLAGS`. Flags that mean nothing to a TypeScript node are ignored. Pure.
 *
 * The start script puts its own flags on the command line: after those of ERL_AFLAGS, before those of ERL_FLAGS and
 * ERL_ZFLAGS. If a flag is given twice, OTP uses the first one, and `-sname` always wins over `-name`.
 */

import { isLongHost, splitNodeName } from '@convoy/node/names';
import { type EmulatorFlags, parseEmulatorFlags, splitWords } from './emulator-flags.ts';

/** Settings of a node, as texts for the options of the same names. */
export interface ReleaseSettings {
  readonly name?: string;
  readonly cookie?: string;
  readonly listenPort?: string;
  /** The port that all nodes listen on, without EPMD. */
  readonly distPort?: string;
  readonly proto?: string;
  readonly hidden?: boolean;
  readonly epmd?: string;
}

/** Why a release would not start with a setting, or why a TypeScript node cannot use it. */
export interface ReleaseProblem {
  readonly message: string;
  readonly remedy: string;
}

/** The unusable settings. A problem does not matter where a flag or another variable provides the setting. */
export interface ReleaseProblems {
  readonly name: ReleaseProblem | undefined;
  readonly proto: ReleaseProblem | undefined;
  readonly cookie: ReleaseProblem | undefined;
  readonly distPort: ReleaseProblem | undefined;
}

type Distribution = 'name' | 'sname';

interface NameChoice {
  readonly kind: Distribution;
  readonly value: string;
  /** The variable it comes from. */
  readonly source: string;
}

/** Values of `--proto` by their names in OTP. */
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

/** The settings in the environment, without those that cannot be used. `host` is added to a long name that has none. */
export function readReleaseEnvironment(env: NodeJS.ProcessEnv, host: string): ReleaseSettings {
  const flags = flagsOf(env, [...before, ...after]);
  const name = nameOf(env);
  const distPort = distPortOf(env, flags);
  const settings: Record<keyof ReleaseSettings, string | boolean | undefined> = {
    name: name === undefined || nameProblem(name, host) !== undefined ? undefined : completed(name, host),
    cookie: cookieOf(env, flags),
    // With a common port for all nodes, OTP ignores the port range.
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

/** The settings that cannot be used, on a machine whose host name is `host`. */
export function releaseProblems(env: NodeJS.ProcessEnv, host: string): ReleaseProblems {
  const name = nameOf(env);
  const distribution = env['RELEASE_DISTRIBUTION'];
  const problem = name === undefined ? absenceProblem(distribution) : nameProblem(name, host);
  const flags = flagsOf(env, [...before, ...after]);
  const proto = flags.first('-proto_dist');
  return {
    name: problem,
    proto: proto === undefined || Object.hasOwn(protocols, proto) ? undefined : protoProblem(proto),
    cookie: cookiesIn(env, flags).length < 2 ? undefined : cookieProblem,
    distPort: distPortsIn(flags).length < 2 ? undefined : distPortProblem,
  };
}

/** The name OTP would use. */
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
  // A release defaults to `sname` and would then not start with a long name; we need not be that strict.
  const isLong = isLongHost(splitNodeName(value).host);
  const kind = distribution === '' ? (isLong ? 'name' : 'sname') : (distribution as Distribution);
  return [{ kind, value, source }];
}

/** Adds the full host name of the machine to a long name without one. Short names are completed when the node starts. */
function completed({ kind, value }: NameChoice, host: string): string {
  return kind === 'name' && !value.includes('@') ? `${value}@${host}` : value;
}

function nameProblem({ kind, value, source }: NameChoice, machine: string): ReleaseProblem | undefined {
  const { host } = splitNodeName(value);
  if (kind === 'sname' && isLongHost(host)) {
    return {
      message: `${source} sets the short name ${value}, but its host contains dots`,
      remedy: 'Set RELEASE_DISTRIBUTION=name, or use -name instead of -sname.',
    };
  }
  if (kind === 'name' && host === '' && !machine.includes('.')) {
    return {
      message: `${source} sets the long name ${value} without a host, and the name of this machine has no domain to complete it`,
      remedy: `Add the host: ${value}@ followed by an address or a full host name.`,
    };
  }
  return undefined;
}

function absenceProblem(distribution: string | undefined): ReleaseProblem | undefined {
  if (distribution === undefined || ['', 'name', 'sname'].includes(distribution)) return undefined;
  if (distribution === 'none') {
    return {
      message: 'RELEASE_DISTRIBUTION is none, but a node needs distribution',
      remedy: 'Set RELEASE_DISTRIBUTION=name, or give --name.',
    };
  }
  return {
    message: `RELEASE_DISTRIBUTION is ${JSON.stringify(distribution)}, which is not a known value`,
    remedy: 'Set it to name, sname or none.',
  };
}

function protoProblem(proto: string): ReleaseProblem {
  return {
    message: `-proto_dist ${proto} is not a supported protocol`,
    remedy: `Use one of ${Object.keys(protocols).join(', ')}, or add --proto.`,
  };
}

const cookieProblem: ReleaseProblem = {
  message:
    'the cookie is set more than once, by RELEASE_COOKIE or -setcookie, and OTP would ignore all of them',
  remedy: 'Leave one of them.',
};

const distPortProblem: ReleaseProblem = {
  message: '-erl_epmd_port and -kernel erl_epmd_node_listen_port are both set, which OTP refuses',
  remedy: 'Leave one of them.',
};

function cookieOf(env: NodeJS.ProcessEnv, flags: EmulatorFlags): string | undefined {
  const cookies = cookiesIn(env, flags);
  return cookies.length === 1 ? cookies[0] : undefined;
}

/** The peers that have a cookie of their own, by `-setcookie NODE COOKIE`. */
export function releasePeerCookies(env: NodeJS.ProcessEnv): [peer: string, cookie: string][] {
  const given = flagsOf(env, [...before, ...after]).all('-setcookie');
  return given.flatMap(([peer, cookie]) =>
    peer === undefined || cookie === undefined ? [] : [[peer, cookie]],
  );
}

/** A start script turns `RELEASE_COOKIE` into `-setcookie`. `-setcookie NODE COOKIE` applies to one peer only. */
function cookiesIn(env: NodeJS.ProcessEnv, flags: EmulatorFlags): string[] {
  const ours = flags.all('-setcookie').filter((values) => values.length === 1);
  return [env['RELEASE_COOKIE'] ?? '', ...ours.flat()].filter((cookie) => cookie !== '');
}

/** Start scripts of releases (relx) turn `ERL_DIST_PORT` into `-start_epmd false -erl_epmd_port`. */
function distPortOf(env: NodeJS.ProcessEnv, flags: EmulatorFlags): string | undefined {
  const ports = distPortsIn(flags);
  if (ports.length > 1) return undefined;
  return [...ports, env['ERL_DIST_PORT']].find((port) => port !== undefined && port !== '');
}

function distPortsIn(flags: EmulatorFlags): string[] {
  const ports = [flags.first('-erl_epmd_port'), flags.kernel('erl_epmd_node_listen_port')];
  return ports.filter((port) => port !== undefined);
}

/** A node that does not start EPMD uses a running one, unless it needs none. */
function epmdOfSilentStart(distPort: string | undefined): string {
  return distPort === undefined ? 'system' : 'none';
}

function listenPortOf(flags: EmulatorFlags): string | undefined {
  const min = flags.kernel('inet_dist_listen_min');
  const max = flags.kernel('inet_dist_listen_max');
  if (min === undefined) return undefined;
  return max === undefined || max === min ? min : `${min}-${max}`;
}
