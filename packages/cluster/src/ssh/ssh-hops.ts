/**
 * What `~/.ssh/config` and the defaults of SSH say about every hop of a target: pure, from the text of the file. Of the
 * words of ssh_config(5) those are obeyed that say where and as whom to log in; ProxyCommand is refused, because a hop
 * that is left out would be another way than the one meant.
 */

import { parse as parseConfig } from 'ssh-config';
import { SshError } from '../errors.ts';
import type { SshHop, SshOptions, SshTarget } from './ssh-connection.ts';
import { parseSshTarget } from './ssh-target.ts';

/** One machine on the way with everything settled. */
export interface SettledHop {
  /** As it was written; what known_hosts calls it unless `hostKeyAlias` says otherwise. */
  readonly host: string;
  /** What to dial. */
  readonly address: string;
  readonly port: number;
  readonly user: string;
  readonly hostKeyAlias: string | undefined;
  /** Keys that must be usable, then those that are tried when they are there. */
  readonly wantedKeys: readonly string[];
  readonly optionalKeys: readonly string[];
  readonly identitiesOnly: boolean;
  readonly agent: string | undefined;
  readonly knownHostsFiles: readonly string[];
  readonly acceptNewHostKey: boolean;
}

/** Where the process runs. */
export interface SshSurroundings {
  readonly home: string;
  readonly user: string;
  readonly agentSocket: string | undefined;
  /** Text of the configuration file, and its path for messages. */
  readonly config: { readonly file: string; readonly text: string } | undefined;
}

type Settings = Readonly<Record<string, string | string[]>>;

const maxHops = 8;
const defaultKeys = ['id_ed25519', 'id_ecdsa', 'id_rsa'];

/** The hops in the order they are dialled, jumps of the configuration included. Throws `SshError` SSH_BAD_CONFIG. */
export function settleHops(
  target: SshTarget,
  options: SshOptions,
  surroundings: SshSurroundings,
): SettledHop[] {
  const settings = readSettings(surroundings);
  const [first, ...others] = target.hops;
  const hops = [...jumpsTo(first, settings, surroundings), first, ...others];
  return hops.map((hop) => settleHop(hop, { settings: settings(hop), options, surroundings }));
}

function readSettings({ config, user }: SshSurroundings): (hop: SshHop) => Settings {
  if (config === undefined) return () => ({});
  try {
    const parsed = parseConfig(config.text);
    return (hop) => parsed.compute({ Host: hop.host, User: hop.user ?? user }, { ignoreCase: true });
  } catch (cause) {
    throw badConfig(config.file, `it cannot be read: ${(cause as Error).message}`, cause);
  }
}

/** ProxyJump of the first hop, and that of its first hop, and so on. */
function jumpsTo(
  hop: SshHop,
  settings: (hop: SshHop) => Settings,
  surroundings: SshSurroundings,
): readonly SshHop[] {
  const jumps: SshHop[] = [];
  let next: SshHop | undefined = hop;
  while (next !== undefined) {
    const said = settings(next);
    const file = surroundings.config?.file ?? '';
    if (isSet(said['proxycommand'])) {
      throw badConfig(file, `ProxyCommand of ${next.host} is not supported here`);
    }
    const jump = one(said['proxyjump']);
    if (!isSet(jump)) return jumps;
    jumps.unshift(...parseSshTarget(jump ?? '').hops);
    if (jumps.length > maxHops)
      throw badConfig(file, `ProxyJump of ${hop.host} has more than ${maxHops} hops`);
    next = jumps[0];
  }
  return jumps;
}

function isSet(value: string | string[] | undefined): boolean {
  const text = one(value);
  return text !== undefined && text !== '' && text.toLowerCase() !== 'none';
}

function settleHop(
  hop: SshHop,
  context: {
    readonly settings: Settings;
    readonly options: SshOptions;
    readonly surroundings: SshSurroundings;
  },
): SettledHop {
  const { settings, options, surroundings } = context;
  const user = hop.user ?? one(settings['user']) ?? surroundings.user;
  const address = (one(settings['hostname']) ?? hop.host).replaceAll('%h', hop.host);
  const port = hop.port ?? Number(one(settings['port']) ?? 22);
  if (!Number.isInteger(port) || port < 1 || port > 65_535) {
    throw badConfig(
      surroundings.config?.file ?? '',
      `Port ${one(settings['port'])} of ${hop.host} is no port`,
    );
  }
  const expand = (file: string): string => expandPath(file, { user, address, surroundings });
  const configured = many(settings['identityfile']).map(expand);
  const identitiesOnly = one(settings['identitiesonly'])?.toLowerCase() === 'yes';
  const defaults = configured.length > 0 ? [] : defaultKeys.map((name) => expand(`~/.ssh/${name}`));
  return {
    host: hop.host,
    address,
    port,
    user,
    hostKeyAlias: one(settings['hostkeyalias']),
    wantedKeys: (options.identityFiles ?? []).map(expand),
    optionalKeys: [...configured, ...defaults],
    identitiesOnly,
    agent: agentOf(settings, options, { expand, surroundings }),
    knownHostsFiles: knownHostsOf(settings, options, expand),
    acceptNewHostKey:
      options.acceptNewHostKey ?? one(settings['stricthostkeychecking'])?.toLowerCase() === 'accept-new',
  };
}

function agentOf(
  settings: Settings,
  options: SshOptions,
  context: { readonly expand: (file: string) => string; readonly surroundings: SshSurroundings },
): string | undefined {
  if (options.agent !== undefined) return options.agent === false ? undefined : options.agent;
  const configured = one(settings['identityagent']);
  if (configured === 'none') return undefined;
  if (configured === undefined || configured === 'SSH_AUTH_SOCK') return context.surroundings.agentSocket;
  return context.expand(configured);
}

function knownHostsOf(
  settings: Settings,
  options: SshOptions,
  expand: (file: string) => string,
): readonly string[] {
  if (options.knownHostsFiles !== undefined) return options.knownHostsFiles.map(expand);
  const configured = many(settings['userknownhostsfile']).flatMap((text) => text.split(/\s+/));
  const users = configured.length > 0 ? configured : ['~/.ssh/known_hosts'];
  return [...users.map(expand), '/etc/ssh/ssh_known_hosts'];
}

function expandPath(
  file: string,
  context: { readonly user: string; readonly address: string; readonly surroundings: SshSurroundings },
): string {
  const { home, user } = context.surroundings;
  const values: Readonly<Record<string, string>> = {
    '%d': home,
    '%h': context.address,
    '%r': context.user,
    '%u': user,
    '%%': '%',
  };
  return file.replace(/^~(?=\/|$)/, home).replaceAll(/%[dhru%]/g, (token) => values[token] ?? token);
}

function one(value: string | string[] | undefined): string | undefined {
  return typeof value === 'string' ? value : value?.[0];
}

function many(value: string | string[] | undefined): readonly string[] {
  return value === undefined ? [] : typeof value === 'string' ? [value] : value;
}

function badConfig(file: string, why: string, cause?: unknown): SshError {
  return new SshError('SSH_BAD_CONFIG', `${file}: ${why}`, {
    remedy: 'Correct it, name the way yourself (user@bastion,user@host), or use the system’s ssh.',
    cause,
  });
}
