/**
 * The HTTP and WebSocket server of the simulator, on loopback, built on graphql and graphql-ws. Checks tokens, the request limit
 * and faults before anything is executed; sizes are bounded.
 */

import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import {
  buildSchema,
  execute,
  type ExecutionArgs,
  GraphQLError,
  Kind,
  OperationTypeNode,
  parse,
  validate,
} from 'graphql';
import { useServer } from 'graphql-ws/use/ws';
import { type WebSocket, WebSocketServer } from 'ws';
import { railwaySchemaExcerpt } from './schema-excerpt.ts';
import { type Caller, notAuthorized, type TokenTable } from './access.ts';
import { type Faults, type RequestFault, socketOperation } from '../world/simulated-faults.ts';
import { type RequestLimit, RequestWindow } from './request-window.ts';

export interface ApiServerOptions {
  readonly port: number;
  readonly tokens: TokenTable;
  readonly faults: Faults;
  readonly requestLimit: RequestLimit;
  readonly now: () => number;
  /** Objects with one function per field of the root types. */
  readonly roots: { readonly query: object; readonly mutation: object; readonly subscription: object };
}

export const apiPath = '/graphql/v2';
const maxBodyBytes = 1 << 20;
const maxTokens = 2000;
const maxWindows = 1000;

interface GraphqlRequest {
  readonly query: string;
  readonly operationName: string | undefined;
  readonly variables: Record<string, unknown> | undefined;
}

export class ApiServer {
  readonly #options: ApiServerOptions;
  readonly #schema = buildSchema(railwaySchemaExcerpt);
  readonly #windows = new Map<string, RequestWindow>();
  readonly #server: Server;
  readonly #sockets: WebSocketServer;
  readonly #disposeSockets: () => void | Promise<void>;

  static async start(options: ApiServerOptions): Promise<ApiServer> {
    const server = new ApiServer(options);
    await new Promise<void>((resolve, reject) => {
      server.#server.once('error', reject);
      server.#server.listen(options.port, '127.0.0.1', resolve);
    });
    return server;
  }

  private constructor(options: ApiServerOptions) {
    this.#options = options;
    this.#server = createServer((request, response) => {
      void this.#answer(request, response).catch(() => response.destroy());
    });
    this.#server.on('upgrade', (request, socket, head) => this.#upgrade(request, socket, head));
    this.#sockets = new WebSocketServer({ noServer: true, maxPayload: maxBodyBytes });
    const { dispose } = useServer(
      {
        onSubscribe: ({ extra }, _id, { query, operationName, variables }) =>
          this.#prepare(
            { query, operationName: operationName ?? undefined, variables: variables ?? undefined },
            options.tokens.identify(extra.request.headers),
          ),
      },
      this.#sockets,
    );
    this.#disposeSockets = dispose;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Cuts every WebSocket, without a close frame. */
  cutSockets(): void {
    for (const socket of this.#sockets.clients) socket.terminate();
  }

  /** Number of open WebSockets. */
  get socketCount(): number {
    return this.#sockets.clients.size;
  }

  async close(): Promise<void> {
    await this.#disposeSockets();
    this.cutSockets();
    this.#server.closeAllConnections();
    await new Promise<void>((resolve) => {
      this.#server.close(() => resolve());
    });
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.method !== 'POST' || request.url !== apiPath) return reply(response, 404, {});
    if (request.headers['content-type']?.startsWith('application/json') !== true)
      return reply(response, 415, {});
    const body = await readBody(request);
    const graphqlRequest = body === undefined ? undefined : parseRequest(body);
    if (graphqlRequest === undefined)
      return reply(response, 400, { errors: [{ message: 'Not a GraphQL request' }] });
    const caller = this.#options.tokens.identify(request.headers);
    const { isAdmitted, headers } = this.#windowOf(request).admit(this.#options.now());
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
    if (!isAdmitted) return reply(response, 429, { data: null });
    const fault = this.#options.faults.forRequest(graphqlRequest.operationName ?? '');
    if (fault?.kind === 'slow') await delay(fault.ms);
    else if (fault !== undefined) return misbehave(response, fault);
    const prepared = this.#prepare(graphqlRequest, caller);
    if (!('schema' in prepared)) return reply(response, 400, { errors: prepared });
    if (isSubscription(prepared))
      return reply(response, 400, { errors: [{ message: 'Subscriptions need a WebSocket' }] });
    return reply(response, 200, await execute(prepared));
  }

  /** Returns what GraphQL needs to execute the request, or the errors in it. */
  #prepare(graphqlRequest: GraphqlRequest, caller: Caller): ExecutionArgs | readonly GraphQLError[] {
    try {
      const document = parse(graphqlRequest.query, { maxTokens });
      const errors = validate(this.#schema, document);
      if (errors.length > 0) return errors;
      const [definition] = document.definitions;
      const kind = definition?.kind === Kind.OPERATION_DEFINITION ? definition.operation : undefined;
      if (document.definitions.length !== 1 || kind === undefined) {
        return [new GraphQLError('A request must have exactly one operation')];
      }
      return {
        schema: this.#schema,
        document,
        operationName: graphqlRequest.operationName,
        variableValues: graphqlRequest.variables,
        rootValue: this.#options.roots[kind],
        contextValue: { caller },
      };
    } catch (error) {
      return [error instanceof GraphQLError ? error : new GraphQLError('Problem processing request')];
    }
  }

  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    socket.on('error', () => socket.destroy());
    if (request.url !== apiPath) return refuseUpgrade(socket, '404 Not Found');
    const caller = this.#options.tokens.identify(request.headers);
    const fault = this.#options.faults.forRequest(socketOperation);
    if (fault !== undefined) return misbehaveUpgrade(socket, fault);
    const { isAdmitted, headers } = this.#windowOf(request).admit(this.#options.now());
    if (!isAdmitted) return refuseUpgrade(socket, '429 Too Many Requests', headers);
    if (caller.principal === undefined) return refuseUpgrade(socket, '401 Unauthorized');
    this.#sockets.handleUpgrade(request, socket, head, (accepted: WebSocket) => {
      this.#sockets.emit('connection', accepted, request);
    });
  }

  #windowOf(request: IncomingMessage): RequestWindow {
    const { headers } = request;
    const key = String(headers['project-access-token'] ?? headers.authorization ?? '').slice(0, 200);
    const known = this.#windows.get(key);
    if (known !== undefined) return known;
    const [oldest] = this.#windows.keys();
    if (this.#windows.size >= maxWindows && oldest !== undefined) this.#windows.delete(oldest);
    const window = new RequestWindow(this.#options.requestLimit);
    this.#windows.set(key, window);
    return window;
  }
}

function isSubscription({ document }: ExecutionArgs): boolean {
  const [definition] = document.definitions;
  return (
    definition?.kind === Kind.OPERATION_DEFINITION && definition.operation === OperationTypeNode.SUBSCRIPTION
  );
}

function reply(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(body));
}

/** `undefined` when the body is too large. */
async function readBody(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.byteLength;
    if (bytes > maxBodyBytes) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function parseRequest(body: string): GraphqlRequest | undefined {
  try {
    const value = JSON.parse(body) as Partial<
      Record<'query' | 'operationName' | 'variables', unknown>
    > | null;
    if (typeof value?.query !== 'string') return undefined;
    const { query, operationName, variables } = value;
    return {
      query,
      operationName: typeof operationName === 'string' ? operationName : undefined,
      variables:
        typeof variables === 'object' && variables !== null
          ? (variables as Record<string, unknown>)
          : undefined,
    };
  } catch {
    return undefined;
  }
}

function misbehave(response: ServerResponse, fault: Exclude<RequestFault, { kind: 'slow' }>): void {
  switch (fault.kind) {
    case 'rateLimited':
      response.setHeader('Retry-After', String(fault.retryAfterSeconds));
      return reply(response, 429, { data: null });
    case 'notAuthorized':
      return reply(response, 200, { errors: [notAuthorized()], data: null });
    case 'problem':
      return reply(response, 200, { errors: [{ message: fault.message }], data: null });
    case 'unavailable':
      return reply(response, fault.status, {});
    case 'garbage':
      response.end(fault.body);
      return;
    case 'cut':
      response.destroy();
      return;
  }
}

function misbehaveUpgrade(socket: Duplex, fault: RequestFault): void {
  if (fault.kind === 'rateLimited') {
    const headers = { 'Retry-After': String(fault.retryAfterSeconds) };
    return refuseUpgrade(socket, '429 Too Many Requests', headers);
  }
  if (fault.kind === 'notAuthorized') return refuseUpgrade(socket, '401 Unauthorized');
  if (fault.kind === 'unavailable') return refuseUpgrade(socket, `${fault.status} Unavailable`);
  socket.destroy();
}

function refuseUpgrade(socket: Duplex, status: string, headers: Readonly<Record<string, string>> = {}): void {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n${lines.join('')}\r\n`);
}
