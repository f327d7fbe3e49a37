/**
 * Starts a stock Firefox and stands between it and playwright-core: `node firefox-relay.ts PROGRAM ARGUMENTS...`.
 * playwright-core speaks WebDriver BiDi with Firefox, but also asks for emulations that a stock Firefox does not know (the
 * preferred colour scheme), and gives up when it is refused. Of those, this answers that they are done.
 */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createInterface } from 'node:readline';
import { type RawData, WebSocket, WebSocketServer } from 'ws';

interface Message {
  readonly id?: number;
  readonly method?: string;
  readonly error?: string;
}

const announcement = 'WebDriver BiDi listening on ';

function textOf(data: RawData): string {
  return Buffer.isBuffer(data) ? data.toString('utf8') : '';
}

/** Passes messages between the two, which may not be connected yet, and forgives unknown emulations. */
async function relay(near: WebSocket, address: string): Promise<void> {
  const far = new WebSocket(address);
  const early: string[] = [];
  const emulations = new Set<number>();
  near.on('message', (data) => {
    const text = textOf(data);
    const { id, method = '' } = JSON.parse(text) as Message;
    if (id !== undefined && method.startsWith('emulation.')) emulations.add(id);
    if (far.readyState === WebSocket.OPEN) far.send(text);
    else early.push(text);
  });
  far.on('message', (data) => near.send(forgiven(textOf(data), emulations)));
  near.once('close', () => far.close());
  far.once('close', () => near.close());
  await once(far, 'open');
  for (const text of early) far.send(text);
}

function forgiven(text: string, emulations: Set<number>): string {
  if (emulations.size === 0) return text;
  const { id, error } = JSON.parse(text) as Message;
  if (id === undefined || !emulations.delete(id) || error !== 'unknown command') return text;
  return JSON.stringify({ type: 'success', id, result: {} });
}

const [program = '', ...args] = process.argv.slice(2);
const firefox = spawn(program, args, { stdio: ['ignore', 'inherit', 'pipe'] });
firefox.once('exit', (code) => process.exit(code ?? 1));

createInterface({ input: firefox.stderr }).on('line', (line) => {
  const [, address] = line.split(announcement);
  if (address === undefined) return process.stderr.write(`${line}\n`);
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0 });
  server.on('connection', (near: WebSocket, { url = '' }: IncomingMessage) => {
    relay(near, `${address.trim()}${url}`).catch(() => near.close());
  });
  server.once('listening', () => {
    const { port } = server.address() as AddressInfo;
    process.stderr.write(`${announcement}ws://127.0.0.1:${port}\n`);
  });
  return undefined;
});
