/** A client of a console for tests: HTTP with the token, and the live socket with all messages it received. */

import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocket } from 'ws';
import type { ClientMessage, ServerMessage, Ticket } from '@convoy/console/protocol';

export interface Answer {
  readonly status: number;
  readonly headers: NodeJS.Dict<string | string[]>;
  readonly text: string;
  // eslint-disable-next-line typescript/no-explicit-any -- answers are asserted on, field by field
  readonly json: any;
}

export interface Ask {
  readonly method?: string;
  readonly headers?: Record<string, string>;
  /** Sent as JSON; a string is sent as it is. */
  readonly body?: unknown;
}

/** One request with exactly these headers; `fetch` would not let `Host` through. */
export async function askHttp(url: string, { method, headers = {}, body }: Ask = {}): Promise<Answer> {
  const content = typeof body === 'string' || body === undefined ? body : JSON.stringify(body);
  const sent = request(url, {
    method: method ?? (body === undefined ? 'GET' : 'POST'),
    headers: { ...(content === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
    agent: false,
  });
  sent.end(content);
  const [answer] = (await once(sent, 'response')) as [IncomingMessage];
  let text = '';
  for await (const chunk of answer.setEncoding('utf8')) text += chunk;
  const isJson = answer.headers['content-type']?.startsWith('application/json') === true;
  return {
    status: answer.statusCode ?? 0,
    headers: answer.headers,
    text,
    json: isJson ? JSON.parse(text) : undefined,
  };
}

export class ConsoleClient {
  readonly origin: string;
  /** The origin with the base path, without a slash at its end. */
  readonly base: string;
  readonly token: string;

  /** `link` as the console prints it. */
  constructor(link: string) {
    const url = new URL(link);
    this.origin = url.origin;
    this.base = `${url.origin}${url.pathname.replace(/\/$/, '')}`;
    this.token = url.searchParams.get('token') ?? '';
  }

  /** A request with the token in the header. */
  ask(path: string, options: Ask = {}): Promise<Answer> {
    const headers = { authorization: `Bearer ${this.token}`, ...options.headers };
    return askHttp(`${this.base}${path}`, { ...options, headers });
  }

  async ticket(): Promise<string> {
    return ((await this.ask('/api/tickets', { body: {} })).json as Ticket).ticket;
  }

  /** A live socket that has been welcomed. */
  async live(): Promise<LiveClient> {
    const client = await LiveClient.open(this.base, { origin: this.origin });
    client.send({ type: 'hello', ticket: await this.ticket() });
    await client.message('welcome');
    return client;
  }
}

type Of<Type extends ServerMessage['type']> = Extract<ServerMessage, { type: Type }>;

export class LiveClient implements AsyncDisposable {
  /** All received messages, in order. */
  readonly messages: ServerMessage[] = [];
  /** How the console closed the socket; `undefined` while it is open. */
  readonly closed: Promise<{ code: number; reason: string }>;
  readonly #socket: WebSocket;
  readonly #waiting = new Set<() => void>();
  /** The number of the last input, by shell. */
  readonly #typed = new Map<string, number>();

  /** `base` is an origin, with the base path if there is one. */
  static async open(base: string, headers: Record<string, string> = { origin: base }): Promise<LiveClient> {
    const socket = new WebSocket(`${base.replace('http', 'ws')}/api/live`, { headers });
    const client = new LiveClient(socket);
    await once(socket, 'open');
    return client;
  }

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.on('message', (data: Buffer) => {
      this.messages.push(JSON.parse(data.toString()) as ServerMessage);
      for (const check of [...this.#waiting]) check();
    });
    this.closed = new Promise((resolve) => {
      socket.on('close', (code, reason) => resolve({ code, reason: reason.toString() }));
    });
  }

  send(message: ClientMessage): void {
    this.#socket.send(JSON.stringify(message));
  }

  /** Types into a shell that this client has opened or attached to. */
  type(shellId: string, data: string): void {
    const seq = (this.#typed.get(shellId) ?? 0) + 1;
    this.#typed.set(shellId, seq);
    this.send({ type: 'shell.input', shellId, seq, data });
  }

  sendText(text: string): void {
    this.#socket.send(text);
  }

  /** The connection below the socket, for sending invalid bytes. */
  get connection(): Duplex {
    return (this.#socket as unknown as { readonly _socket: Duplex })._socket;
  }

  /** Pauses or resumes reading from the socket. */
  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  /** The first matching message of that type, among those received and those to come. */
  message<Type extends ServerMessage['type']>(
    type: Type,
    fits: (message: Of<Type>) => boolean = () => true,
    timeoutMs = 60_000,
  ): Promise<Of<Type>> {
    const isWanted = (message: ServerMessage): message is Of<Type> =>
      message.type === type && fits(message as Of<Type>);
    return new Promise((resolve, reject) => {
      const check = (): void => {
        const found = this.messages.find(isWanted);
        if (found === undefined) return;
        clearTimeout(deadline);
        this.#waiting.delete(check);
        resolve(found);
      };
      const deadline = setTimeout(() => {
        this.#waiting.delete(check);
        const last = JSON.stringify(this.messages.slice(-5));
        reject(new Error(`no ${type} like that in ${timeoutMs} ms; the last messages: ${last}`));
      }, timeoutMs);
      this.#waiting.add(check);
      check();
    });
  }

  /** Terminal text of a shell: all of it, or that of the last messages only. */
  shellText(shellId: string, lastMessages: number = this.messages.length): string {
    return this.messages
      .slice(-lastMessages)
      .map((message) =>
        (message.type === 'shell.output' || message.type === 'shell.snapshot') && message.shellId === shellId
          ? message.data
          : '',
      )
      .join('');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#socket.terminate();
    await this.closed;
  }
}
