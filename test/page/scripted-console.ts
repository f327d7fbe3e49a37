/**
 * A console that follows the script of a test: it serves the built page, uses the real protocol with nodes that the test
 * invents, and has shells that echo. For states that real nodes are rarely in. Never part of the product.
 */

import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo, Socket } from 'node:net';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type {
  Capability,
  ClientMessage,
  ClusterView,
  ConsoleInfo,
  LaunchRequest,
  LogLine,
  LogSource,
  NodeView,
  PlatformView,
  Problem,
  ServerMessage,
} from '@convoy/console/protocol';
import { localForm } from '@convoy/cluster';
import { railwayForm } from '@convoy/cluster/railway';
import { sshForm } from '@convoy/cluster/ssh';
import { launchingNode } from '../../packages/console-web/test/scenes.ts';
import { ownCluster } from '../../packages/console-web/test/cluster-scenes.ts';
import { EchoShells, type OpenMessage } from './echo-shells.ts';
import { ScriptedLogs } from './logs/scripted-logs.ts';
import { WebSocketPeer } from './websocket-peer.ts';

const dist = fileURLToPath(new URL('../../packages/console-web/dist', import.meta.url));
const contentTypes: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
};
/** The policy of the real console. */
const policy =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; connect-src 'self'; img-src 'self' data:; font-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

const nodeLimit = 20;

/** The forms of the real platforms. */
const platforms: readonly PlatformView[] = [
  { kind: 'local', ...localForm({ nodeLimit }) },
  { kind: 'ssh', ...sshForm({ nodeLimit }) },
  { kind: 'railway', ...railwayForm({ nodeLimit }) },
].map((platform) => structuredClone(platform) as PlatformView);

interface Answer {
  readonly status: number;
  readonly headers?: Record<string, string>;
  readonly answer?: unknown;
}

/** Decides about a request by its body. */
export type ScriptedAnswer = (body: unknown) => Answer | Promise<Answer>;

export interface ScriptedConsoleOptions {
  readonly nodes?: readonly NodeView[];
  readonly capabilities?: readonly Capability[];
  readonly clusters?: readonly ClusterView[];
}

const defaultCapabilities: readonly Capability[] = [
  { kind: 'typescript', available: true, version: 'Node.js 24.21.0' },
  { kind: 'elixir', available: true, version: 'Elixir 1.14.0, OTP 25' },
  { kind: 'erlang', available: true, version: 'OTP 25' },
];

export class ScriptedConsole implements AsyncDisposable {
  readonly token: string = 'a-token-long-enough-for-a-test';
  /** By id. */
  readonly nodes: Map<string, NodeView>;
  /** By id. */
  readonly clusters: Map<string, ClusterView>;
  /** Every message the page has sent, oldest first. */
  readonly received: ClientMessage[] = [];
  /** Every HTTP request that changes something. */
  readonly requests: { method: string; path: string; body: unknown }[] = [];
  /** What is answered to requests, by method and path: `GET /api/hosts`. */
  readonly answers: Map<string, ScriptedAnswer> = new Map();
  /** The answer to the next request that changes something. */
  nextProblem: Problem | undefined;
  /** While false, sockets and tickets are refused, as if no console were running. */
  isReachable = true;
  readonly shells: EchoShells = new EchoShells((message) => this.tell(message));
  readonly #server: Server;
  readonly #connections = new Set<Socket>();
  readonly #peers = new Set<WebSocketPeer>();
  readonly logs: ScriptedLogs = new ScriptedLogs();
  /** Why the loggers of nodes are not followed, by the ids of the nodes. */
  readonly loggerProblems: Map<string, Problem> = new Map();
  readonly #capabilities: readonly Capability[];

  private constructor(options: ScriptedConsoleOptions) {
    this.nodes = new Map((options.nodes ?? []).map((node) => [node.id, node]));
    this.clusters = new Map((options.clusters ?? [ownCluster]).map((cluster) => [cluster.id, cluster]));
    this.#capabilities = options.capabilities ?? defaultCapabilities;
    this.#server = createServer((request, response) => void this.#answer(request, response));
    this.#server.on('upgrade', (request, stream) => this.#greet(request, new WebSocketPeer(request, stream)));
    this.#server.on('connection', (socket) => {
      this.#connections.add(socket);
      socket.on('close', () => this.#connections.delete(socket));
    });
  }

  static async start(options: ScriptedConsoleOptions = {}): Promise<ScriptedConsole> {
    if (!existsSync(join(dist, 'index.html')))
      throw new Error('the page is not built; build it with `npm run build:web`');
    const scripted = new ScriptedConsole(options);
    scripted.#server.listen(0, '127.0.0.1');
    await once(scripted.#server, 'listening');
    return scripted;
  }

  get origin(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  get url(): string {
    return `${this.origin}/?token=${this.token}`;
  }

  /** Everything that the page has typed into shells. */
  get typed(): string {
    return this.received
      .filter((message) => message.type === 'shell.input')
      .map((message) => message.data)
      .join('');
  }

  tell(message: ServerMessage): void {
    for (const peer of this.#peers) peer.send(JSON.stringify(message));
  }

  put(node: NodeView): void {
    this.nodes.set(node.id, node);
    this.tell({ type: 'node', node });
  }

  drop(id: string): void {
    this.nodes.delete(id);
    this.tell({ type: 'node.gone', name: id });
  }

  putCluster(cluster: ClusterView): void {
    this.clusters.set(cluster.id, cluster);
    this.tell({ type: 'cluster', cluster });
  }

  dropCluster(id: string): void {
    this.clusters.delete(id);
    for (const node of this.nodes.values()) if (node.cluster === id) this.drop(node.id);
    this.tell({ type: 'cluster.gone', id });
  }

  /** Launches a node again, as the console does for any page. */
  relaunch(name: string): { status: number; answer: unknown } {
    const kind = this.nodes.get(name)?.kind ?? 'unknown';
    this.logs.delete(name);
    this.tell({ type: 'node.gone', name, isRelaunched: true });
    this.put({ ...launchingNode(name), kind });
    return { status: 202, answer: { id: 'launch-2', node: name, kind, state: 'running', steps: [] } };
  }

  print(node: string, ...texts: string[]): void {
    this.tell({ type: 'logs', node, lines: [...this.logs.print(node, texts)] });
  }

  /** Has a node log lines, which are numbered here. */
  log(node: string, ...lines: Partial<LogLine>[]): void {
    this.tell({ type: 'logs', node, lines: [...this.logs.add(node, lines)] });
  }

  /** Output of the first shell on `node`. */
  say(node: string, data: string): void {
    this.shells.say(node, data);
  }

  /** Cuts every socket without a close frame. */
  dropSockets(): void {
    for (const peer of this.#peers) peer.destroy();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.close();
    for (const socket of this.#connections) socket.destroy();
    await once(this.#server, 'close');
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname, searchParams } = new URL(request.url ?? '/', this.origin);
    if (!this.isReachable) {
      request.socket.destroy();
      return;
    }
    const [, node] = /^\/api\/nodes\/([^/]+)\/logs$/.exec(pathname) ?? [];
    if (node !== undefined && !this.answers.has(`GET ${pathname}`)) {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(JSON.stringify(this.logs.find(decodeURIComponent(node), searchParams)));
      return;
    }
    if (!pathname.startsWith('/api/')) return this.#serve(pathname, response);
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const text = Buffer.concat(chunks).toString();
    const body: unknown = text === '' ? undefined : JSON.parse(text);
    const { status, headers, answer } = await this.#route(request, pathname, body);
    response.writeHead(status, { 'content-type': 'application/json', ...headers });
    response.end(answer === undefined ? '' : JSON.stringify(answer));
  }

  async #serve(path: string, response: ServerResponse): Promise<void> {
    const file = path === '/' ? '/index.html' : path;
    try {
      const content = await readFile(join(dist, file));
      const type = contentTypes[extname(file)] ?? 'application/octet-stream';
      response.writeHead(200, { 'content-type': type, 'content-security-policy': policy });
      response.end(content);
    } catch {
      response.writeHead(404).end();
    }
  }

  #route(request: IncomingMessage, path: string, body: unknown): Answer | Promise<Answer> {
    const problem = (status: number, message: string): { status: number; answer: unknown } => ({
      status,
      answer: { error: { code: 'CONSOLE_UNAUTHORIZED', message } },
    });
    if (path === '/api/session') {
      if ((body as { token?: string } | undefined)?.token !== this.token) return problem(401, 'wrong token');
      return { status: 204, headers: { 'set-cookie': 'convoy=in; HttpOnly; SameSite=Strict; Path=/' } };
    }
    if (!(request.headers.cookie ?? '').includes('convoy=in')) return problem(401, 'not logged in');
    const scripted = this.answers.get(`${request.method} ${path}`);
    if (scripted !== undefined) {
      if (request.method !== 'GET') this.requests.push({ method: request.method ?? '', path, body });
      return scripted(body);
    }
    if (path === '/api/tickets') return { status: 200, answer: { ticket: 'a-ticket', expiresAt: 0 } };
    if (path === '/api/hosts' && request.method === 'GET') return { status: 200, answer: [] };
    if (path === '/api/platforms') return { status: 200, answer: platforms };
    if (path === '/api/railway' && request.method === 'GET') {
      return { status: 200, answer: { label: 'Railway', hasOwnToken: false, images: {}, places: [] } };
    }
    if (request.method === 'GET') return problem(404, 'not scripted');
    return this.#change(request.method ?? '', path, body);
  }

  #change(method: string, path: string, body: unknown): { status: number; answer?: unknown } {
    this.requests.push({ method, path, body });
    if (this.nextProblem !== undefined) {
      const error = this.nextProblem;
      this.nextProblem = undefined;
      return { status: 409, answer: { error } };
    }
    const [, , room, id = ''] = path.split('/');
    if (room === 'clusters' && id !== '') return this.#changeCluster(method, id, body);
    if (method === 'DELETE') {
      this.drop(decodeURIComponent(path.split('/').at(-1) ?? ''));
      return { status: 204 };
    }
    if (/\/re(?:launch|start)$/.test(path))
      return this.relaunch(decodeURIComponent(path.split('/').at(-2) ?? ''));
    const { kind, name = `${kind}-9` } = body as LaunchRequest;
    return {
      status: 202,
      answer: { id: 'launch-1', node: `${name}@127.0.0.1`, kind, state: 'running', steps: [] },
    };
  }

  #changeCluster(method: string, id: string, body: unknown): { status: number; answer?: unknown } {
    const cluster = this.clusters.get(id);
    if (cluster === undefined)
      return { status: 404, answer: { error: { code: 'CONSOLE_NOT_FOUND', message: id } } };
    if (method === 'DELETE') {
      this.dropCluster(id);
      return { status: 204 };
    }
    this.putCluster({ ...cluster, ...(body as Partial<ClusterView>) });
    return { status: 200, answer: this.clusters.get(id) };
  }

  #greet(_request: IncomingMessage, peer: WebSocketPeer): void {
    if (!this.isReachable) return peer.destroy();
    this.#peers.add(peer);
    peer.onClose = () => this.#peers.delete(peer);
    peer.onText = (text) => {
      const message = JSON.parse(text) as ClientMessage;
      this.received.push(message);
      this.#obey(message, (answer) => peer.send(JSON.stringify(answer)));
    };
  }

  #obey(message: ClientMessage, reply: (message: ServerMessage) => void): void {
    switch (message.type) {
      case 'hello':
        reply({
          type: 'welcome',
          info: this.#info(),
          nodes: [...this.nodes.values()],
          clusters: [...this.clusters.values()],
          shells: this.shells.views(),
        });
        return;
      case 'ping':
        reply({ type: 'pong', sentAt: message.sentAt });
        return;
      case 'logs.follow': {
        this.#followLog(message, reply);
        return;
      }
      case 'shell.open':
        this.#open(message, reply);
        return;
      case 'shell.attach':
      case 'shell.input':
      case 'shell.resize':
      case 'shell.close':
        this.shells.take(message, reply);
        return;
      case 'logs.unfollow':
      case 'shell.detach':
      case 'shell.interrupt':
      case 'trace.start':
      case 'trace.stop':
    }
  }

  #followLog(
    { node, afterSeq, source }: Extract<ClientMessage, { type: 'logs.follow' }>,
    reply: (message: ServerMessage) => void,
  ): void {
    const problem = this.loggerProblems.get(node);
    const own: LogSource = this.nodes.get(node)?.origin === 'launched' ? 'output' : 'logger';
    reply({
      type: 'logs.state',
      node,
      source: source ?? own,
      ...(problem === undefined ? { state: 'following' } : { state: 'unavailable', problem }),
    });
    const lines = this.logs.after(node, afterSeq);
    if (lines.length > 0) reply({ type: 'logs', node, lines: [...lines] });
  }

  #info(): ConsoleInfo {
    return {
      version: '0.1.0',
      node: 'convoy-2f81@127.0.0.1',
      host: '127.0.0.1',
      epmd: 'system',
      epmdPort: 4369,
      nodeLimit,
      capabilities: [...this.#capabilities],
    };
  }

  #open(message: OpenMessage, reply: (message: ServerMessage) => void): void {
    if (this.nextProblem === undefined) return this.shells.open(message, reply);
    reply({ type: 'problem', requestId: message.requestId, problem: this.nextProblem });
    this.nextProblem = undefined;
  }
}
