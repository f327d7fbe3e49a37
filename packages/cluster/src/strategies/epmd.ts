/**
 * Nodes that the EPMD of their hosts knows: of hosts that are named, of this computer, or of those in `.hosts.erlang`, the
 * file that Erlang's `net_adm:world/0` reads.
 */

import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { EpmdClient } from '@convoy/node/epmd';
import { splitNodeName } from '@convoy/node/names';
import { DiscoveryError } from './errors.ts';
import type { SeenPeer, Strategy } from './strategy.ts';
import { lookUpAll } from './look-up-all.ts';
import { createPollingStrategy, type PollingOptions } from './polling.ts';

export interface EpmdStrategyOptions extends PollingOptions {
  /** Host parts of node names; they are dialled as they are. */
  readonly hosts: readonly string[];
  /** Only nodes with this name before the `@`. Default: all. */
  readonly basename?: string;
  /** Of the EPMDs. Default: `ERL_EPMD_PORT`, else 4369. */
  readonly port?: number | undefined;
}

/** Throws DISCOVERY_BAD_OPTION. */
export function createEpmdStrategy(options: EpmdStrategyOptions): Strategy {
  const { hosts, ...others } = options;
  const bad = hosts.find((host) => host === '' || host.includes('@'));
  if (hosts.length === 0 || bad !== undefined) {
    const what = bad === undefined ? 'hosts is empty' : `${JSON.stringify(bad)} is no host`;
    throw new DiscoveryError('DISCOVERY_BAD_OPTION', `epmd: ${what}`, {
      remedy: 'Name hosts, e.g. hosts=db1.internal+db2.internal; for nodes use the strategy static.',
    });
  }
  return createPollingStrategy({
    ...others,
    kind: 'epmd',
    lookUp: ({ signal }) => lookUpAll(hosts, (host) => namesOf(host, others, signal)),
  });
}

/** The nodes of this computer that have the same host in their name as the one it is for. */
export function createLocalEpmdStrategy(options: Omit<EpmdStrategyOptions, 'hosts'> = {}): Strategy {
  return createPollingStrategy({
    ...options,
    kind: 'local-epmd',
    lookUp: async ({ self, signal }) => {
      const host = splitNodeName(self).host;
      const found = await namesOf(host, { ...options, at: '127.0.0.1' }, signal);
      return { peers: found, failures: [] };
    },
  });
}

/** Options of `createHostsFileStrategy`. */
export interface HostsFileStrategyOptions extends Omit<EpmdStrategyOptions, 'hosts'> {
  /** The file. Default: `.hosts.erlang` in the working directory, else in the home directory. It is read again for each look-up. */
  readonly file?: string;
}

/** The nodes of the hosts in a `.hosts.erlang`: one quoted name and a dot per line. */
export function createHostsFileStrategy(options: HostsFileStrategyOptions = {}): Strategy {
  const { file, ...others } = options;
  const files =
    file === undefined ? [process.cwd(), homedir()].map((folder) => join(folder, '.hosts.erlang')) : [file];
  return createPollingStrategy({
    ...others,
    kind: 'hosts-file',
    lookUp: async ({ signal }) => {
      const hosts = parseHostsFile(await readFirst(files));
      return lookUpAll(hosts, (host) => namesOf(host, others, signal));
    },
  });
}

/** Hosts in the text of a `.hosts.erlang`. Throws DISCOVERY_LOOKUP_FAILED. */
export function parseHostsFile(text: string): string[] {
  const rest = text.replaceAll(/%.*$/gm, '');
  const hosts: string[] = [];
  const left = rest.replaceAll(
    /(?:'([^'\n]+)'|([a-z][\w@]*))\s*\.(?=\s|$)/g,
    (_, quoted?: string, bare?: string) => {
      hosts.push(quoted ?? bare ?? '');
      return '';
    },
  );
  if (left.trim() === '') return hosts;
  const line = left.trim().split('\n', 1)[0] ?? '';
  throw new DiscoveryError(
    'DISCOVERY_LOOKUP_FAILED',
    `the hosts file has ${JSON.stringify(line.slice(0, 80))}, which is no host`,
    { remedy: "Write one host per line, quoted, with a dot after it: 'db1.internal'." },
  );
}

async function readFirst(files: readonly string[]): Promise<string> {
  for (const file of files) {
    try {
      return await readFile(file, 'utf8');
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code !== 'ENOENT') {
        const message = `${file} cannot be read: ${(cause as Error).message}`;
        throw new DiscoveryError('DISCOVERY_LOOKUP_FAILED', message, { cause });
      }
    }
  }
  throw new DiscoveryError('DISCOVERY_LOOKUP_FAILED', `there is no ${files.join(' and no ')}`, {
    remedy: 'Write the hosts into it, one quoted name and a dot per line.',
  });
}

/** `at` is where the EPMD of `host` is asked. Default: there. */
async function namesOf(
  host: string,
  options: { basename?: string; port?: number | undefined; timeoutMs?: number | undefined; at?: string },
  signal: AbortSignal,
): Promise<SeenPeer[]> {
  const { basename, port, timeoutMs, at = host } = options;
  const client = new EpmdClient({
    host: at,
    signal,
    port,
    timeoutMs,
  });
  const { nodes } = await client.names();
  return nodes
    .filter(({ name }) => basename === undefined || name === basename)
    .map(({ name }) => ({ node: `${name}@${host}` }));
}
