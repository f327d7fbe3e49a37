/**
 * Resolves every hop of a target with `~/.ssh/config` and the defaults of SSH. Pure: works on the text of the file. Of the
 * keywords in ssh_config(5), those that select the address, the user, the keys and the known hosts are supported.
 * ProxyCommand is refused, because without it the connection would take a different route.
 */

import { parse as parseConfig } from 'ssh-config';
import { SshError } from '../../../errors.ts';
import type { SshHop, SshOptions, SshTarget } from '../connection/ssh-connection.ts';
import { parseSshTarget } from '../connection/ssh-target.ts';

/** One machine on the route, with all settings resolved. */
export interface ResolvedHop {
  /** The host as it was written. */
  readonly host: string;
  /** The address to dial, and its name in known_hosts unless `hostKeyAlias` is set. */
  readonly address: string;
  readonly port: number;
  readonly user: string;
  readonly hostKeyAlias: string | undefined;
  /** Key files that must be usable. */
  readonly requiredKeys: readonly string[];
  /** Key files that are tried if they exist. */
  readonly optionalKeys: readonly string[];
  readonly identitiesOnly: boolean;
  readonly agent: string | undefined;
  readonly knownHostsFiles: readonly string[];
  /** Whether to trust an unknown key: any, none, or the one with this fingerprint. */
  readonly acceptNewHostKey: boolean | string;
}

/** What the local machine contributes: user, home folder, environment and configuration. */
export interface LocalContext {
  readonly home: string;
  readonly user: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Text of the configuration file and the files it includes, and its path for messages. */
  readonly config: { readonly file: string; readonly text: string } | undefined;
}

type Settings = Readonly<Record<string, string | string[]>>;

const maxHops = 8;
const defaultKeys = ['id_ed25519', 'id_ecdsa', 'id_rsa'];

/** The hops in dialling order, including jumps from the configuration. Throws `SshError` SSH_BAD_CONFIG. */
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
    // The first value of a keyword wins, so `User` is passed only if the target names a user.
    return ({ host, user }) =>
      parsed.compute(
        { Host: host, ...(user === undefined ? {} : { User: user }) },
        { ignoreCase: true, matchExec: false },
      );
  } catch (cause) {
    throw badConfig(config.file, `it cannot be parsed: ${(cause as Error).message}`, cause);
  }
}

/** The ProxyJump hops of the first hop, preceded by those of the first of them, and so on. */
function jumpsTo(hop: SshHop, settings: (hop: SshHop) => Settings, local: LocalContext): readonly SshHop[] {
  const jumps: SshHop[] = [];
  let next: SshHop | undefined = hop;
  while (next !== undefined) {
    const configured = settings(next);
    const file = local.config?.file ?? '';
    if (isSet(configured['proxycommand'])) {
      throw badConfig(file, `ProxyCommand of ${next.host} is not supported by the built-in SSH client`);
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
  const tokens = { h: address, k: hostKeyAlias ?? hop.host, n: hop.host, p: String(port), r: user };
  const expand = (file: string): string => expandPath(file, tokens, local);
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
  // An empty variable counts as unset.
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

/** Expands `~`, `${VARIABLE}` and the tokens of ssh_config(5) for the host, the port and the users. */
function expandPath(
  file: string,
  tokens: Readonly<Record<string, string>>,
  { home, user, env }: LocalContext,
): string {
  const withVariables = expandHome(file, home).replaceAll(
    /\$\{(\w+)\}/g,
    (text, name: string) => env[name] ?? text,
  );
  return expandTokens(withVariables, { ...tokens, d: home, u: user });
}

function expandTokens(text: string, tokens: Readonly<Record<string, string>>): string {
  return text.replaceAll(/%(.)/g, (token, letter: string) =>
    letter === '%' ? '%' : (tokens[letter] ?? token),
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
