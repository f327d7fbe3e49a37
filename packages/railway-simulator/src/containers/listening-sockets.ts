/** Ports with a listener, from the tables in `/proc/net`. Empty on systems without them. */

import { readFile } from 'node:fs/promises';

const listenState = '0A';
const loopback6 = '00000000000000000000000001000000';

/** `127.0.0.1` is `0100007F`: the bytes in machine order, which is little-endian wherever Node runs. */
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

/** Ports with a listener in the network namespace of the process `osPid`, by family, without those on loopback. */
export async function listeningEverywhere(osPid: number): Promise<{ port: number; isIpv6: boolean }[]> {
  const [ipv4, ipv6] = await Promise.all(
    ['tcp', 'tcp6'].map((name) => readTable(`/proc/${osPid}/net/${name}`)),
  );
  return [
    ...parseOpenPorts(ipv4 ?? '').map((port) => ({ port, isIpv6: false })),
    ...parseOpenPorts(ipv6 ?? '').map((port) => ({ port, isIpv6: true })),
  ];
}

/** Ports with a listener on every address, or on one that is not loopback. Pure. */
export function parseOpenPorts(table: string): number[] {
  const ports = table.split('\n').flatMap((line) => {
    const [, local = '', , state] = line.trim().split(/\s+/);
    const [host = '', port = ''] = local.split(':');
    const isLoopback = (host.length === 8 && host.endsWith('7F')) || host === loopback6;
    return state === listenState && !isLoopback ? [Number.parseInt(port, 16)] : [];
  });
  return [...new Set(ports)];
}

async function readTable(file: string): Promise<string> {
  return readFile(file, 'utf8').catch(() => '');
}
