/** Which ports of one IPv4 address have a listener, as the system's own table says. Empty where there is none. */

import { readFile } from 'node:fs/promises';

const listenState = '0A';

/** `127.0.0.1` is `0100007F`: the bytes in the order of the machine, which is little-endian wherever Node runs. */
function hexOf(address: string): string {
  const bytes = address.split('.').map((byte) => Number(byte).toString(16).padStart(2, '0'));
  return bytes.reverse().join('').toUpperCase();
}

/** Reads one table in the form of `/proc/net/tcp`. Pure. */
export function parseListeners(table: string, address: string): number[] {
  const wanted = hexOf(address);
  return table.split('\n').flatMap((line) => {
    const [, local = '', , state] = line.trim().split(/\s+/);
    const [host, port = ''] = local.split(':');
    return host === wanted && state === listenState ? [Number.parseInt(port, 16)] : [];
  });
}

export async function listeningPorts(address: string): Promise<number[]> {
  try {
    return parseListeners(await readFile('/proc/net/tcp', 'utf8'), address);
  } catch {
    return [];
  }
}
