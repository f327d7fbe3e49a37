/**
 * What `~/.ssh/config` and the defaults of SSH say about every hop of a target: pure, from the text of the file. Of the
 * words of ssh_config(5) those are obeyed that say where and as whom to log in; ProxyCommand is refused, because a hop
 * that is left out would be another way than the one meant.
 */

import { parse as parseConfig } from 'ssh-config';
import { SshError } from '../../../errors.ts';
import type { SshHop, SshOptions, SshTarget } from '../connection/ssh-connection.ts';
import { parseSshTarget } from '../connection/ssh-target.ts';

/** One machine on the way with everything settled. */
export interface ResolvedHop {
  /** As it was written. */
  readonly host: string;
  /** What to dial, and what known_hosts calls it unless `hostKeyAlias` says otherwise. */
  readonly address: string;
  readonly port: number;
  readonly user: string;
  readonly hostKeyAlias: string | undefined;
  /** Keys that must be usable, then those that are tried when they are there. */
  readonly requiredKeys: readonly string[];
  readonly optionalKeys: readonly string[];
  readonly identitiesOnly: boolean;
  readonly agent: string | undefined;
  readonly knownHostsFiles: readonly string[];
  readonly acceptNewHostKey: boolean;
}

/** Where the process runs. */
export interface LocalContext {
  readonly home: string;
  readonly user: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Text of the configuration file with what it includes, and its path for messages. */
  readonly config: { readonly file: string; readonly text: string } | undefined;
}

type Settings = Readonly<Record<string, string | string[]>>;

const maxHops = 8;
const defaultKeys = ['id_ed25519', 'id_ecdsa', 'id_rsa'];

/** The hops in the order they are dialled, jumps of the configuration included. Throws `SshError` SSH_BAD_CONFIG. */
export function resolveHops(target: SshTarget, options: SshOptions, local: LocalContext): ResolvedHop[] {
  const settings = readSettings(local);
  const [first, ...others] = target.hops;
  const hops = [...jumpsTo(first, settings, local), first, ...others];
  return hops.map((hop) => resolveHop(hop, { settings: settings(hop), options, local }));
}

function readSettings({ config }: LocalContext): (hop: SshHop) => Settings {
  if (config === undefined) return () => ({});
  try {
    const parsed = parseConfig(config.text);
    // The first word on anything counts, so a user is only given where one was written.
    return ({ host, user }) =>
      parsed.compute(
        { Host: host, ...(user === undefined ? {} : { User: user }) },
        { ignoreCase: true, matchExec: false },
      );
  } catch (cause) {
    throw badConfig(config.file, `it cannot be read: ${(cause as Error).message}`, cause);
  }
}

/** ProxyJump of the first hop, and that of its first hop, and so on. */
function jumpsTo(hop: SshHop, settings: (hop: SshHop) => Settings, local: LocalContext): readonly SshHop[] {
  const jumps: SshHop[] = [];
  let next: SshHop | undefined = hop;
  while (next !== undefined) {
    const configured = settings(next);
    const file = local.config?.file ?? '';
    if (isSet(configured['proxycommand'])) {
      throw badConfig(file, `ProxyCommand of ${next.host} is not supported here`);
    }
    const jump = firstOf(configured['proxyjump']);
    if (!isSet(jump)) return jumps;
    jumps.unshift(...readJump(jump ?? '', file));
    if (jumps.length > maxHops)
      throw badConfig(file, `ProxyJump of ${hop.host} has more than ${maxHops} hops`);
    next = jumps[0];
  }
  return jumps;
}

function readJump(text: string, file: string): SshTarget['hops'] {
  try {
    return parseSshTarget(text).hops;
  } catch (cause) {
    throw badConfig(file, `ProxyJump: ${(cause as Error).message}`, cause);
  }
}

function isSet(value: string | string[] | undefined): boolean {
  const text = firstOf(value);
  return text !== undefined && text !== '' && text.toLowerCase() !== 'none';
}

function resolveHop(
  hop: SshHop,
  context: {
    readonly settings: Settings;
    readonly options: SshOptions;
    readonly local: LocalContext;
  },
): ResolvedHop {
  const { settings, options, local } = context;
  const user = hop.user ?? firstOf(settings['user']) ?? local.user;
  const address = expandTokens(firstOf(settings['hostname']) ?? '%h', { h: hop.host });
  const port = hop.port ?? Number(firstOf(settings['port']) ?? 22);
  if (!Number.isInteger(port) || port < 1 || port > 65_535) {
    throw badConfig(
      local.config?.file ?? '',
      `Port ${firstOf(settings['port'])} of ${hop.host} is not a valid port`,
    );
  }
  const hostKeyAlias = firstOf(settings['hostkeyalias']);
  const words = { h: address, k: hostKeyAlias ?? hop.host, n: hop.host, p: String(port), r: user };
  const expand = (file: string): string => expandPath(file, words, local);
  const configured = allOf(settings['identityfile']).filter(isSet).map(expand);
  const defaults =
    settings['identityfile'] === undefined ? defaultKeys.map((name) => expand(`~/.ssh/${name}`)) : [];
  return {
    host: hop.host,
    address,
    port,
    user,
    hostKeyAlias,
    requiredKeys: (options.identityFiles ?? []).map((file) => expandHome(file, local.home)),
    optionalKeys: [...configured, ...defaults],
    identitiesOnly: firstOf(settings['identitiesonly'])?.toLowerCase() === 'yes',
    agent: agentOf(settings, options, { expand, env: local.env }),
    knownHostsFiles: knownHostsOf(settings, options, { expand, home: local.home }),
    acceptNewHostKey:
      options.acceptNewHostKey ?? firstOf(settings['stricthostkeychecking'])?.toLowerCase() === 'accept-new',
  };
}

function agentOf(
  settings: Settings,
  options: SshOptions,
  context: { readonly expand: (file: string) => string; readonly env: LocalContext['env'] },
): string | undefined {
  if (options.agent !== undefined) return options.agent === false ? undefined : options.agent;
  const configured = firstOf(settings['identityagent']) ?? 'SSH_AUTH_SOCK';
  if (!isSet(configured)) return undefined;
  const variable = configured === 'SSH_AUTH_SOCK' ? configured : /^\$(\w+)$/.exec(configured)?.[1];
  if (variable === undefined) return context.expand(configured);
  const socket = context.env[variable];
  // An empty variable is none.
  return socket === '' ? undefined : socket;
}

function knownHostsOf(
  settings: Settings,
  options: SshOptions,
  { expand, home }: { readonly expand: (file: string) => string; readonly home: string },
): readonly string[] {
  if (options.knownHostsFiles !== undefined) {
    return options.knownHostsFiles.map((file) => expandHome(file, home));
  }
  const users = settings['userknownhostsfile'] ?? ['~/.ssh/known_hosts', '~/.ssh/known_hosts2'];
  const globals = settings['globalknownhostsfile'] ?? ['/etc/ssh/ssh_known_hosts'];
  return [...allOf(users), ...allOf(globals)].filter(isSet).map(expand);
}

/** `~`, `${VARIABLE}` and the tokens of ssh_config(5) that say where and as whom. */
function expandPath(
  file: string,
  words: Readonly<Record<string, string>>,
  { home, user, env }: LocalContext,
): string {
  const withVariables = expandHome(file, home).replaceAll(
    /\$\{(\w+)\}/g,
    (text, name: string) => env[name] ?? text,
  );
  return expandTokens(withVariables, { ...words, d: home, u: user });
}

function expandTokens(text: string, words: Readonly<Record<string, string>>): string {
  return text.replaceAll(/%(.)/g, (token, letter: string) =>
    letter === '%' ? '%' : (words[letter] ?? token),
  );
}

function expandHome(file: string, home: string): string {
  return file.replace(/^~(?=\/|$)/, home);
}

function firstOf(value: string | string[] | undefined): string | undefined {
  return typeof value === 'string' ? value : value?.[0];
}

function allOf(value: string | string[] | undefined): readonly string[] {
  return value === undefined ? [] : typeof value === 'string' ? [value] : value;
}

function badConfig(file: string, why: string, cause?: unknown): SshError {
  return new SshError('SSH_BAD_CONFIG', `${file}: ${why}`, {
    remedy: 'Correct it, write the hops explicitly (user@bastion,user@host), or use the system’s ssh.',
    cause,
  });
}
