/**
 * How the console is addressed and who may use it, from the options: its names, the proxies it trusts, its base path, the
 * saved sessions, and its own link.
 */

import { hostname, networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { bracketHost } from '@convoy/node/names';
import { parseBasePath } from '../api/page/base-path.ts';
import type { AuditLog } from '../audit/audit-log.ts';
import { createHostRules, type HostRules } from '../auth/allowed-hosts.ts';
import { Gatekeeper } from '../auth/gatekeeper.ts';
import { TrustedProxies } from '../auth/trusted-proxies.ts';
import { ConsoleError } from '../errors.ts';
import type { SavedState } from '../saved-state/open-saved-state.ts';
import type { SharedConsole } from '../store/store.ts';
import type { DataDirectory } from './data-directory.ts';

/** Options for names, proxies and the base path. */
export interface FrontDoorOptions {
  /** Additional `Host` names that the console answers to: `console.example.com`, with a port, or with a scheme to accept its origin. Default: none. */
  readonly allowedHosts?: readonly string[] | undefined;
  /** Addresses and networks (`10.0.0.0/8`) whose `X-Forwarded-For`, `-Proto` and `-Host` headers are trusted. Default: none. */
  readonly trustedProxies?: readonly string[] | undefined;
  /** Prefix of every path, e.g. `/convoy`. Default: none. */
  readonly basePath?: string | undefined;
}

/** The checked options. */
export interface DoorRules {
  readonly allowedHosts: readonly string[];
  readonly proxies: TrustedProxies;
  readonly basePath: string;
}

/** The entrance of a running console. */
export interface FrontDoor {
  readonly gatekeeper: Gatekeeper;
  readonly cookieName: string;
  readonly basePath: string;
  /** Address of the console for the command on this machine. */
  readonly url: string;
  /** What the other consoles with the same store see of this one. */
  readonly self: SharedConsole;
  /** The address with the token, which logs a browser in. */
  readonly link: string;
  close(): Promise<void>;
}

/** Checks the options. Throws CONSOLE_BAD_OPTION. Has no side effects, so it can run before anything that would have to be undone. */
export function readDoorRules({ allowedHosts, trustedProxies, basePath }: FrontDoorOptions): DoorRules {
  const rules = {
    allowedHosts: allowedHosts ?? [],
    proxies: new TrustedProxies(trustedProxies),
    basePath: parseBasePath(basePath ?? ''),
  };
  hostRulesOf(rules, { host: '127.0.0.1', port: 0 });
  return rules;
}

/** Opens the entrance once the console listens. Throws CONSOLE_BAD_OPTION for an unusable token. */
export function openFrontDoor(
  rules: DoorRules,
  listening: { host: string; port: number; directory: DataDirectory; audit: AuditLog; state: SavedState },
): FrontDoor {
  const { host, port, directory, audit, state } = listening;
  const { proxies, basePath } = rules;
  checkToken(directory);
  const { identity, sessions } = state;
  const cookieName = `convoy_session_${identity.id}`;
  const hosts = hostRulesOf(rules, { host, port });
  const url = `http://${linkHost(host)}:${port}${basePath}/`;
  return {
    gatekeeper: new Gatekeeper({
      token: directory.token,
      hosts,
      proxies,
      sessions,
      cookieName,
      onRefused: (address, code) => audit.refuse(address, code),
    }),
    cookieName,
    basePath,
    url,
    self: {
      id: identity.id,
      label: `${hostname()}:${port}`,
      url: publicUrl(rules, { host, url }),
    },
    link: `${url}?token=${encodeURIComponent(directory.token)}`,
    close: () => sessions.flush(Date.now()),
  };
}

/** Checks the token, which the user may have written: it must be valid in a header and in the login form. */
function checkToken({ token, path }: DataDirectory): void {
  if (/^[\u0021-\u007e]{16,256}$/.test(token)) return;
  const message = `the token in ${join(path, 'token')} contains spaces or non-ASCII characters, or has the wrong length`;
  throw new ConsoleError('CONSOLE_BAD_OPTION', message, {
    remedy: 'Use 16 to 256 visible ASCII characters, or delete the file to get a random one.',
  });
}

function hostRulesOf({ allowedHosts }: DoorRules, { host, port }: { host: string; port: number }): HostRules {
  return createHostRules({ host, port, extra: allowedHosts, machine: machineAddresses() });
}

/** The host for links: an address that can be dialled, even if the console listens on all addresses. */
function linkHost(host: string): string {
  if (host === '0.0.0.0' || host === '') return '127.0.0.1';
  if (host === '::') return '[::1]';
  return bracketHost(host);
}

/** The address of the page for people on other machines; `undefined` if there is none that they can open. */
function publicUrl(
  { allowedHosts, basePath }: DoorRules,
  { host, url }: { host: string; url: string },
): string | undefined {
  const origin = allowedHosts.find((name) => /^https?:\/\//.test(name));
  if (origin !== undefined) return `${new URL(origin).origin}${basePath}/`;
  const isForAll = host === '0.0.0.0' || host === '::' || host === '';
  const isLoopback = host === 'localhost' || host === '::1' || host.startsWith('127.');
  return isForAll || isLoopback ? undefined : url;
}

function machineAddresses(): string[] {
  const addresses = Object.values(networkInterfaces()).flatMap((all) =>
    (all ?? []).map(({ address }) => address),
  );
  return [...addresses, hostname()];
}
