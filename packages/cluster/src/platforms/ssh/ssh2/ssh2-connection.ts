/** One logged-in connection of the ssh2 library as an `SshConnection`, with the hops on its route. */

import type { Duplex } from 'node:stream';
import type { Client, ClientChannel } from 'ssh2';
import { ChannelStream } from './channel-stream.ts';
import { collectOutput } from '../connection/collect-output.ts';
import { ConnectionEnd } from '../connection/connection-end.ts';
import type {
  ExecOptions,
  ExecResult,
  SshConnection,
  SshExit,
  SshProcess,
} from '../connection/ssh-connection.ts';
import { SshError } from '../../../errors.ts';
import { connectionClosed, execRefused, explainOpen } from '../connection/ssh-failures.ts';

const closeGraceMs = 2000;

export class Ssh2Connection implements SshConnection {
  readonly name: string;
  readonly #client: Client;
  readonly #hop: string;
  readonly #through: Ssh2Connection | undefined;
  readonly #stream: Duplex;
  readonly #end = new ConnectionEnd();
  readonly #closed: Promise<void>;
  #lastError: Error | undefined;
  #isClosing = false;
  /** Whether the server may still delay small packets. */
  #isDelayed: boolean;
  /** Ends with the command that was run to make it send them at once. */
  #undelaying: Promise<void> | undefined;

  /** `through` is closed together with this connection. */
  constructor(
    client: Client,
    options: {
      readonly name: string;
      readonly hop: string;
      readonly through: Ssh2Connection | undefined;
      /** The stream it runs on. */
      readonly stream: Duplex;
      readonly noDelay: boolean;
    },
  ) {
    this.#isDelayed = options.noDelay;
    this.name = options.name;
    this.#client = client;
    this.#hop = options.hop;
    this.#through = options.through;
    this.#stream = options.stream;
    client.on('error', (error) => (this.#lastError = error));
    this.#closed = new Promise((resolve) => {
      client.once('close', () => {
        this.#onEnd();
        resolve();
      });
    });
    // Servers may not open channels to us.
    client.on('tcp connection', (_details, _accept, reject) => reject());
    client.on('x11', (_details, _accept, reject) => reject());
  }

  async exec(command: string, options: ExecOptions = {}): Promise<ExecResult> {
    const channel = await this.#start(command, options.signal);
    return collectOutput(
      {
        stdin: channel,
        stdout: channel,
        stderr: channel.stderr,
        exited: exitOf(channel),
        kill: () => stopCommand(channel),
      },
      { ...options, host: this.#hop, lostBy: () => this.#lossOf() },
    );
  }

  async spawn(command: string): Promise<SshProcess> {
    const channel = await this.#start(command, undefined);
    const stream = new ChannelStream(channel, () => this.#lossOf());
    stream.on('error', () => undefined);
    channel.stderr.on('error', () => undefined);
    return { stdin: stream, stdout: stream, stderr: channel.stderr, exited: exitOf(channel) };
  }

  async open(
    address: { readonly host: string; readonly port: number },
    { signal }: { readonly signal?: AbortSignal | undefined },
  ): Promise<Duplex> {
    if (this.#isDelayed) this.#undelaying = this.#stopDelaying();
    const channel = await this.#openChannel(
      (done) => this.#client.forwardOut('127.0.0.1', 0, address.host, address.port, done),
      { signal, explain: (error) => explainOpen(error, this.#hop, address) },
    );
    channel.stderr.resume();
    return new ChannelStream(channel, () => this.#lossOf());
  }

  onClose(listener: (error: Error | undefined) => void): () => void {
    return this.#end.onClose(listener);
  }

  async close(): Promise<void> {
    if (!this.#end.hasEnded) {
      this.#isClosing = true;
      this.#client.end();
      const timer = setTimeout(() => this.#client.destroy(), closeGraceMs);
      await this.#closed;
      clearTimeout(timer);
    }
    await this.#through?.close();
  }

  async #start(command: string, signal: AbortSignal | undefined): Promise<ClientChannel> {
    this.#isDelayed = false;
    const undelaying = this.#undelaying;
    try {
      return await this.#exec(command, signal);
    } catch (error) {
      // Where the server allows a single session, ours has taken it for a moment.
      if (undelaying === undefined || !(error instanceof SshError) || error.code !== 'SSH_EXEC_REFUSED')
        throw error;
      await undelaying;
      return this.#exec(command, signal);
    }
  }

  #exec(command: string, signal: AbortSignal | undefined): Promise<ClientChannel> {
    return this.#openChannel((done) => this.#client.exec(command, done), {
      signal,
      explain: (error) => execRefused(this.#hop, error),
    });
  }

  /**
   * OpenSSH uses Nagle's algorithm until the first command of a connection: two small packets in a row, as in every handshake,
   * cost 40 ms. A connection that only forwards runs one that does nothing. Nothing waits for it, and a refusal only costs
   * the speed-up.
   */
  async #stopDelaying(): Promise<void> {
    this.#isDelayed = false;
    try {
      const channel = await this.#exec(':', undefined);
      channel.on('error', () => undefined).resume();
      channel.stderr.on('error', () => undefined).resume();
      channel.end();
      await exitOf(channel);
    } catch {
      // Forwarding works all the same.
    }
  }

  /** A channel that is opened after the signal has aborted is closed immediately. */
  #openChannel(
    open: (done: (error: Error | undefined, channel: ClientChannel) => void) => void,
    {
      signal,
      explain,
    }: { readonly signal: AbortSignal | undefined; readonly explain: (error: Error) => Error },
  ): Promise<ClientChannel> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted === true) return reject(signal.reason as Error);
      if (this.#end.hasEnded || this.#isClosing) return reject(connectionClosed(this.#hop, this.#lastError));
      let isSettled = false;
      const settle = (action: () => void): void => {
        isSettled = true;
        signal?.removeEventListener('abort', onAbort);
        action();
      };
      const onAbort = (): void => settle(() => reject(signal?.reason as Error));
      signal?.addEventListener('abort', onAbort, { once: true });
      try {
        open((error, channel) => {
          if (isSettled) return void channel?.on('error', () => undefined).destroy();
          if (error === undefined || error === null) return settle(() => resolve(channel));
          settle(() =>
            reject(this.#hasEnded() ? connectionClosed(this.#hop, this.#lastError) : explain(error)),
          );
        });
      } catch (error) {
        settle(() => reject(connectionClosed(this.#hop, error)));
      }
    });
  }

  /** The socket is destroyed a moment before the client reports it; failures in between have the same cause. */
  #hasEnded(): boolean {
    return this.#end.hasEnded || this.#stream.destroyed;
  }

  /** Why the connection was lost; `undefined` while it is open, or when we closed it. */
  #lossOf(): Error | undefined {
    if (this.#isClosing || !this.#hasEnded()) return undefined;
    return connectionClosed(this.#hop, this.#lastError);
  }

  #onEnd(): void {
    this.#end.finish(this.#isClosing ? undefined : connectionClosed(this.#hop, this.#lastError));
    void this.#through?.close();
  }
}

function stopCommand(channel: ClientChannel): void {
  channel.destroy();
  channel.resume();
  channel.stderr.resume();
}

/** Uses 'close', which follows all output: 'exit' may have been emitted before a listener was added. */
function exitOf(channel: ClientChannel): Promise<SshExit> {
  return new Promise((resolve) => {
    channel.once('close', (code?: number | null, signal?: string) => {
      if (typeof code === 'number') resolve({ code });
      else resolve({ signal });
    });
  });
}
