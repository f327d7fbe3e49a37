/** One connection of the system's `ssh` as an `SshConnection`. */

import type { Duplex } from 'node:stream';
import { collectOutput } from '../connection/collect-output.ts';
import { ConnectionEnd } from '../connection/connection-end.ts';
import type { ExecOptions, ExecResult, SshConnection, SshProcess } from '../connection/ssh-connection.ts';
import { connectionClosed, execRefused, explainOpen } from '../connection/ssh-failures.ts';
import type { ControlMaster } from './control-master.ts';
import type { MuxChannel } from './mux-channel.ts';
import { ChannelRefusedError, MuxSession } from './mux-session.ts';
import { lastMessage } from './system-failures.ts';

export class SystemSshConnection implements SshConnection {
  readonly name: string;
  readonly #hop: string;
  readonly #master: ControlMaster;
  readonly #session: MuxSession;
  readonly #end = new ConnectionEnd();
  #isClosing = false;
  #stopped: Promise<void> | undefined;

  private constructor(
    parts: { readonly master: ControlMaster; readonly session: MuxSession },
    names: { readonly name: string; readonly hop: string },
  ) {
    this.#master = parts.master;
    this.#session = parts.session;
    this.name = names.name;
    this.#hop = names.hop;
  }

  /** Opens a connection on a logged-in master, and takes ownership of the master. */
  static async open(
    master: ControlMaster,
    options: { readonly name: string; readonly hop: string; readonly signal: AbortSignal },
  ): Promise<SystemSshConnection> {
    let connection: SystemSshConnection | undefined;
    const session = await MuxSession.open(master.socket, {
      signal: options.signal,
      onEnd: (error) => connection?.onEnd(error),
    });
    connection = new SystemSshConnection({ master, session }, options);
    return connection;
  }

  async exec(command: string, options: ExecOptions = {}): Promise<ExecResult> {
    const channel = await this.#run(command, options.signal);
    return collectOutput(
      {
        stdin: channel,
        stdout: channel,
        stderr: channel.stderr,
        exited: channel.exited,
        kill: () => void channel.destroy(),
      },
      { ...options, host: this.#hop, lostBy: () => this.#end.error },
    );
  }

  async spawn(command: string): Promise<SshProcess> {
    const channel = await this.#run(command, undefined);
    return { stdin: channel, stdout: channel, stderr: channel.stderr, exited: channel.exited };
  }

  async open(
    address: { readonly host: string; readonly port: number },
    { signal }: { readonly signal?: AbortSignal | undefined },
  ): Promise<Duplex> {
    const channel = await this.#attempt(
      signal,
      (error) => explainOpen(error, this.#hop, address),
      () => this.#session.openAddress(address, signal),
    );
    channel.stderr.resume();
    return channel;
  }

  onClose(listener: (error: Error | undefined) => void): () => void {
    return this.#end.onClose(listener);
  }

  async close(): Promise<void> {
    if (!this.#end.hasEnded) {
      this.#isClosing = true;
      this.#session.close();
    }
    await this.#stop();
  }

  /** @internal Called by the session when it ends. Returns the error for its channels. */
  onEnd(cause: Error): Error | undefined {
    if (this.#end.hasEnded) return this.#end.error;
    const message = lastMessage(this.#master.log);
    const why = message === '' ? cause : new Error(message, { cause });
    const error = this.#isClosing ? undefined : connectionClosed(this.#hop, why);
    this.#end.finish(error);
    void this.#stop();
    return error;
  }

  #stop(): Promise<void> {
    this.#stopped ??= this.#master.stop();
    return this.#stopped;
  }

  async #run(command: string, signal: AbortSignal | undefined): Promise<MuxChannel> {
    const channel = await this.#attempt(
      signal,
      (error) => execRefused(this.#hop, error),
      () => this.#session.run(command, signal),
    );
    if (channel === undefined) throw execRefused(this.#hop, undefined);
    return channel;
  }

  async #attempt<Value>(
    signal: AbortSignal | undefined,
    explain: (error: ChannelRefusedError) => Error,
    action: () => Promise<Value>,
  ): Promise<Value> {
    signal?.throwIfAborted();
    if (this.#isClosing || this.#end.hasEnded) throw this.#closed();
    try {
      return await action();
    } catch (error) {
      signal?.throwIfAborted();
      throw error instanceof ChannelRefusedError ? explain(error) : this.#closed(error);
    }
  }

  #closed(cause?: unknown): Error {
    return this.#end.error ?? connectionClosed(this.#hop, cause);
  }
}
