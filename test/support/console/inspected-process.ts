/**
 * Measures a Node process that was started with `--inspect=127.0.0.1:0`: its memory after a garbage collection, and the delay of
 * its event loop.
 */

import { once } from 'node:events';
import { WebSocket } from 'ws';

export interface Reading {
  readonly rssMb: number;
  readonly heapMb: number;
  /** Array buffers and other memory outside the heap. */
  readonly externalMb: number;
  /** Since the last reading. */
  readonly latestMs: number;
  readonly meanMs: number;
  /** Share of one core, since the last reading. */
  readonly cpuPercent: number;
}

const setUp = `globalThis.__delay = process.getBuiltinModule('node:perf_hooks').monitorEventLoopDelay({ resolution: 10 });
globalThis.__delay.enable();
globalThis.__cpu = 0;
globalThis.__at = 0;`;

const read = `(() => {
  const { rss, heapUsed, external } = process.memoryUsage();
  const { max, mean } = globalThis.__delay;
  const used = process.cpuUsage();
  const now = performance.now();
  const share = (used.user + used.system - globalThis.__cpu) / 1000 / (now - globalThis.__at);
  globalThis.__cpu = used.user + used.system;
  globalThis.__at = now;
  globalThis.__delay.reset();
  return JSON.stringify([rss, heapUsed, external, max, mean, share]);
})()`;

export class InspectedProcess implements AsyncDisposable {
  readonly #socket: WebSocket;
  #lastId = 0;

  /** \`output\` is what the process printed: it names the address. */
  static async open(output: string): Promise<InspectedProcess> {
    const url = /Debugger listening on (ws:\/\/\S+)/.exec(output)?.[1];
    if (url === undefined) throw new Error(`the process cannot be inspected:\n${output}`);
    const socket = new WebSocket(url);
    await once(socket, 'open');
    const inspected = new InspectedProcess(socket);
    await inspected.#ask('Runtime.evaluate', { expression: setUp });
    return inspected;
  }

  private constructor(socket: WebSocket) {
    this.#socket = socket;
  }

  async read(): Promise<Reading> {
    await this.#ask('HeapProfiler.collectGarbage', {});
    const answer = await this.#ask('Runtime.evaluate', { expression: read });
    const { value } = (answer as { result: { value: string } }).result;
    const [rss = 0, heap = 0, external = 0, max = 0, mean = 0, share = 0] = JSON.parse(value) as number[];
    const mega = (bytes: number): number => Math.round(bytes / 2 ** 20);
    const milli = (nanos: number): number => Math.round(nanos / 1e6);
    return {
      rssMb: mega(rss),
      heapMb: mega(heap),
      externalMb: mega(external),
      latestMs: milli(max),
      meanMs: milli(mean),
      cpuPercent: Math.round(100 * share),
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#socket.readyState === WebSocket.CLOSED) return;
    this.#socket.terminate();
    await once(this.#socket, 'close');
  }

  #ask(method: string, params: object): Promise<unknown> {
    const id = ++this.#lastId;
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    const onClose = (): void => reject(new Error('the process that was looked into has ended'));
    const onMessage = (data: Buffer): void => {
      const message = JSON.parse(data.toString()) as { id?: number; result?: unknown };
      if (message.id !== id) return;
      this.#socket.off('message', onMessage).off('close', onClose);
      resolve(message.result);
    };
    this.#socket.on('message', onMessage).once('close', onClose);
    this.#socket.send(JSON.stringify({ id, method, params }));
    return promise;
  }
}
