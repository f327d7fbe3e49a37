/**
 * Finds the nodes that are registered with EPMD: on hosts that are given, on this computer, or on those in
 * `.hosts.erlang`, the file that Erlang's `net_adm:world/0` reads.
 */

import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { EpmdClient } from '@convoy/node/epmd';
import { splitNodeName } from '@convoy/node/names';
import { DiscoveryError } from './discovery-error.ts';
import type { SeenPeer, Strategy } from './strategy.ts';
import { lookUpAll } from './look-up-all.ts';
import { createPollingStrategy, type PollingOptions } from './polling.ts';

export interface EpmdStrategyOptions extends PollingOptions {
  /** Host parts of node names, which are also the addresses to dial. */
  readonly hosts: readonly string[];
  /** Only nodes with this name before the `@`. Default: all. */
  readonly basename?: string;
  /** Port of the EPMDs. Default: `ERL_EPMD_PORT`, otherwise 4369. */
  readonly port?: number | undefined;
}

/** The nodes registered with the EPMDs of the hosts. Throws DISCOVERY_BAD_OPTION. */
export function createEpmdStrategy(options: EpmdStrategyOptions): Strategy {
  const { hosts, ...others } = options;
  const bad = hosts.find((host) => host === '' || host.includes('@'));
  if (hosts.length === 0 || bad !== undefined) {
    const what = bad === undefined ? 'hosts is empty' : `${JSON.stringify(bad)} is not a host`;
    throw new DiscoveryError('DISCOVERY_BAD_OPTION', `epmd: ${what}`, {
      remedy: 'Give hosts, e.g. hosts=db1.internal+db2.internal; for node names use the strategy static.',
    });
  }
  return createPollingStrategy({
    ...others,
    kind: 'epmd',
    lookUp: ({ signal }) => lookUpAll(hosts, (host) => namesOf(host, others, signal)),
  });
}

/** The nodes of this computer whose names have the same host part as the node that looks. */
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
  /** The file. Default: `.hosts.erlang` in the working directory, otherwise in the home directory. It is read for each lookup. */
  readonly file?: string;
}

/** The nodes of the hosts in a `.hosts.erlang` file, which has one quoted name and a dot per line. */
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

/** The hosts in the text of a `.hosts.erlang` file. Throws DISCOVERY_LOOKUP_FAILED. */
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
    `the hosts file has ${JSON.stringify(line.slice(0, 80))}, which is not a host`,
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
        const remedy = 'Check that you may read the file.';
        throw new DiscoveryError('DISCOVERY_LOOKUP_FAILED', message, { remedy, cause });
      }
    }
  }
  throw new DiscoveryError(
    'DISCOVERY_LOOKUP_FAILED',
    `the hosts file does not exist: ${files.join(' or ')}`,
    {
      remedy: 'Create it with one host per line, quoted and followed by a dot.',
    },
  );
}

/** `at` is the address of the EPMD of `host`. Default: `host`. */
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
