/** Follows the output of a node on a host with `tail`, which is restarted at the same line after the tunnel was down. */

import type { SshProcess } from '../connection/ssh-connection.ts';
import { runScript, valueOf } from '../host/remote-script.ts';
import { countLinesScript, followCommand } from '../host/start-script.ts';
import type { SshTunnel } from '../host/ssh-tunnel.ts';
import type { NodeLog } from '../../../launch/node-log.ts';

export class RemoteLog {
  readonly #tunnel: SshTunnel;
  readonly #id: string;
  readonly #log: NodeLog;
  #lastLines: number | undefined;
  readonly #closing = new AbortController();
  /** Number of complete lines received; a new `tail` starts after them. */
  #lines = 0;
  #process: SshProcess | undefined;

  /** Follows the log of the node `id`: all of it, or its last `lastLines` lines and what comes then. */
  static follow(
    tunnel: SshTunnel,
    { id, log, lastLines }: { readonly id: string; readonly log: NodeLog; readonly lastLines?: number },
  ): RemoteLog {
    const follower = new RemoteLog(tunnel, id, { log, lastLines });
    void follower.#run();
    return follower;
  }

  private constructor(
    tunnel: SshTunnel,
    id: string,
    { log, lastLines }: { readonly log: NodeLog; readonly lastLines: number | undefined },
  ) {
    this.#tunnel = tunnel;
    this.#id = id;
    this.#log = log;
    this.#lastLines = lastLines;
  }

  /** Stops the `tail`. Idempotent. */
  close(): void {
    this.#closing.abort();
    this.#process?.stdin.end();
  }

  async #run(): Promise<void> {
    const { signal } = this.#closing;
    while (!signal.aborted) {
      try {
        await this.#tail(signal);
      } catch (error) {
        if (signal.aborted) return;
        this.#log.note(`cannot follow the output of the node: ${(error as Error).message}`);
        return;
      }
      // The `tail` ends with the connection. If the tunnel is still up, the log is gone.
      if (this.#tunnel.state.kind !== 'down') return;
    }
  }

  /** Skips all but the last lines, once. A node that has lived on for long may have printed a lot. */
  async #skip(signal: AbortSignal): Promise<void> {
    if (this.#lastLines === undefined) return;
    const rows = await runScript(this.#tunnel, countLinesScript(this.#id), { signal });
    const count = Number(valueOf(rows, 'lines'));
    if (Number.isSafeInteger(count)) this.#lines = Math.max(0, count - this.#lastLines);
    this.#lastLines = undefined;
  }

  async #tail(signal: AbortSignal): Promise<void> {
    await this.#skip(signal);
    const command = followCommand({ id: this.#id, fromLine: this.#lines + 1 });
    const process = await this.#tunnel.spawn(command, { signal });
    this.#process = process;
    if (signal.aborted) process.stdin.end();
    let rest = Buffer.alloc(0);
    process.stdout.on('error', () => undefined);
    process.stderr.on('error', () => undefined).resume();
    process.stdout.on('data', (chunk: Buffer) => {
      const all = Buffer.concat([rest, chunk]);
      const end = all.lastIndexOf(0x0a) + 1;
      // An incomplete line is left to the next chunk, or to the next `tail`.
      rest = all.length - end > maxLineBytes ? Buffer.alloc(0) : all.subarray(end);
      const whole = all.subarray(0, end);
      const start = this.#lines;
      for (const byte of whole) if (byte === 0x0a) this.#lines += 1;
      this.#log.write('stdout', whole, { start, unit: 'lines' });
    });
    await process.exited;
  }
}

const maxLineBytes = 64 * 1024;
