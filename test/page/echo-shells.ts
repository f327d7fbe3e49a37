/** The shells of a scripted console: they echo what is typed. */

import type { ClientMessage, ServerMessage, ShellView } from '@convoy/console/protocol';

type Message<Type extends ClientMessage['type']> = Extract<ClientMessage, { type: Type }>;
export type OpenMessage = Message<'shell.open'>;
type Reply = (message: ServerMessage) => void;

interface EchoShell {
  view: ShellView;
  output: { seq: number; data: string }[];
  line: string;
  /** The last number taken, by client. */
  readonly taken: Map<string, number>;
  /** The client that attached last. */
  client: string;
  /** The size that the page has declared. */
  declared: ShellSize;
  /** The size that another page gave the shell, until this page types. */
  foreign: ShellSize | undefined;
}

interface ShellSize {
  readonly cols: number;
  readonly rows: number;
}

export class EchoShells {
  /** While true, input is taken but not confirmed. */
  isMute = false;
  readonly #tell: Reply;
  readonly #shells = new Map<string, EchoShell>();
  #nextShell = 1;

  /** `tell` sends a message to every page. */
  constructor(tell: Reply) {
    this.#tell = tell;
  }

  views(): ShellView[] {
    return [...this.#shells.values()].map(({ view }) => view);
  }

  /** Output of the first shell on `node`. */
  say(node: string, data: string): void {
    const shell = this.#firstOn(node);
    if (shell !== undefined) this.#output(shell, data);
  }

  /** Tells the page how many pages show the first shell on `node`. */
  setViewers(node: string, viewers: number): void {
    const shell = this.#firstOn(node);
    if (shell === undefined) return;
    shell.view = { ...shell.view, viewers };
    this.#tell({ type: 'shell', shell: shell.view });
  }

  /** Gives the first shell on `node` the size of another page, as when somebody types there. */
  sizeElsewhere(node: string, size: ShellSize): void {
    const shell = this.#firstOn(node);
    if (shell === undefined) return;
    shell.foreign = size;
    this.#applySize(shell, this.#tell);
  }

  /** Opens a shell, as another page does. */
  openElsewhere(node: string): void {
    this.open({ type: 'shell.open', requestId: '', node, cols: 80, rows: 24 }, (message) => {
      if (message.type === 'shell.opened') this.#tell({ type: 'shell', shell: message.shell });
    });
  }

  /** Forgets which input was taken, as a console does for pages that were silent for a long time. */
  forgetWriters(): void {
    for (const { taken } of this.#shells.values()) taken.clear();
  }

  /** Loses all shells, as a restarted console does. */
  loseAll(): void {
    this.#shells.clear();
  }

  take(
    message: Message<'shell.attach' | 'shell.input' | 'shell.resize' | 'shell.close'>,
    reply: Reply,
  ): void {
    switch (message.type) {
      case 'shell.attach':
        return this.#attach(message, reply);
      case 'shell.input':
        return this.#takeInput(message, reply);
      case 'shell.resize':
        return this.#resize(message, reply);
      case 'shell.close':
        this.#shells.delete(message.shellId);
        this.#tell({
          type: 'shell.closed',
          shellId: message.shellId,
          reason: 'it was ended in another window',
        });
    }
  }

  #firstOn(node: string): EchoShell | undefined {
    return [...this.#shells.values()].find(({ view }) => view.node === node);
  }

  open(message: OpenMessage, reply: Reply): void {
    const { node, cols, rows, kind = 'iex' } = message;
    const number = [...this.#shells.values()].filter(({ view }) => view.node === node).length + 1;
    const view = { id: `s${this.#nextShell++}`, node, kind, number, cols, rows, openedAt: 0, viewers: 1 };
    const shell: EchoShell = {
      view,
      output: [],
      line: '',
      taken: new Map(),
      client: message.client ?? '',
      declared: { cols, rows },
      foreign: undefined,
    };
    this.#shells.set(view.id, shell);
    reply({ type: 'shell.opened', requestId: message.requestId, shell: view });
    this.#output(shell, `\u001b[2mEcho on ${node}\u001b[0m\r\n\u001b[36mecho\u001b[0m> `);
  }

  #resize({ shellId, cols, rows, take = false }: Message<'shell.resize'>, reply: Reply): void {
    const shell = this.#shells.get(shellId);
    if (shell === undefined) return;
    shell.declared = { cols, rows };
    if (take) shell.foreign = undefined;
    this.#applySize(shell, reply);
  }

  #applySize(shell: EchoShell, reply: Reply): void {
    const size = shell.foreign ?? shell.declared;
    const shellId = shell.view.id;
    if (size.cols !== shell.view.cols || size.rows !== shell.view.rows) {
      shell.view = { ...shell.view, ...size };
      const piece = { seq: shell.output.length + 1, data: '' };
      shell.output.push(piece);
      this.#tell({ type: 'shell.output', shellId, ...piece, ...size });
    }
    reply({ type: 'shell.size', shellId, ...size, isOwn: shell.foreign === undefined });
  }

  #attach({ shellId, requestId, afterSeq, client = '' }: Message<'shell.attach'>, reply: Reply): void {
    const shell = this.#shells.get(shellId);
    if (shell === undefined) return;
    shell.client = client;
    reply({ type: 'shell.taken', shellId, seq: shell.taken.get(client) ?? 0 });
    const { cols, rows } = shell.view;
    const seq = shell.output.length;
    const textAfter = (from: number): string =>
      shell.output
        .slice(from)
        .map((piece) => piece.data)
        .join('');
    if (afterSeq === undefined)
      reply({ type: 'shell.snapshot', requestId, shellId, seq, data: textAfter(0), cols, rows });
    else reply({ type: 'shell.output', shellId, seq, data: textAfter(afterSeq) });
  }

  /** Takes each number once and skips none, as the console does. */
  #takeInput({ shellId, seq, data }: Message<'shell.input'>, reply: Reply): void {
    const shell = this.#shells.get(shellId);
    if (shell === undefined) return;
    const taken = shell.taken.get(shell.client) ?? 0;
    if (seq > taken + 1) {
      const problem = { code: 'CONSOLE_INPUT_GAP', message: `expected input ${taken + 1}, got input ${seq}` };
      return reply({ type: 'shell.refused', shellId, seq, taken, problem });
    }
    if (seq === taken + 1) {
      shell.taken.set(shell.client, seq);
      if (shell.foreign !== undefined) {
        shell.foreign = undefined;
        this.#applySize(shell, reply);
      }
      this.#echo(shellId, data);
    }
    if (!this.isMute) reply({ type: 'shell.taken', shellId, seq: Math.max(seq, taken) });
  }

  #output(shell: EchoShell, data: string): void {
    const piece = { seq: shell.output.length + 1, data };
    shell.output.push(piece);
    this.#tell({ type: 'shell.output', shellId: shell.view.id, ...piece });
  }

  #echo(shellId: string, data: string): void {
    const shell = this.#shells.get(shellId);
    if (shell === undefined) return;
    for (const key of data) {
      if (key === '\r') {
        this.#output(
          shell,
          `\r\n\u001b[32m${JSON.stringify(shell.line)}\u001b[0m\r\n\u001b[36mecho\u001b[0m> `,
        );
        shell.line = '';
      } else if (key === '\u0003') {
        this.#output(shell, '^C\r\n\u001b[36mecho\u001b[0m> ');
        shell.line = '';
      } else {
        shell.line += key;
        this.#output(shell, key);
      }
    }
  }
}
