/**
 * The module `appmon_info` of runtime_tools, the observer's page of applications: a process that sends the list of applications, a tree of
 * processes or the load to those that want it, again whenever it has changed.
 */

import type { Timer } from '../../clock.ts';
import { atom, atomName, equals, inspect, Pid, type Term, termKey, Tuple, tuple } from '../../etf/index.ts';
import type { Process } from '../../process/process.ts';
import { parseGenRequest, replyToGenCall } from '../gen/gen-requests.ts';
import type { ToolSource } from './erlang-module.ts';
import { applicationName, applicationOf } from './library-modules.ts';
import { nameText, usualInfo } from './process-items.ts';
import { badArgument, charlist, type ToolModule } from './tool-function.ts';
import { describeProcess } from './process-description.ts';

const serverName = 'appmon_info';
/** The most tasks of all clients together. */
const maxTasks = 100;
/** The most processes of a tree: the observer draws each of them. */
const maxDrawn = 1000;
const usualMs = 2000;
const shortestMs = 500;
const longestMs = 3_600_000;
/** The load is told in sixteenths. */
const loadRange = 16;

export function appmonInfo(source: ToolSource): ToolModule {
  return {
    'start_link2/3': (call, _starter, client) => {
      if (!(client instanceof Pid) || client.node !== call.peer) throw badArgument();
      const { core } = source;
      const running = core.processes.whereis(serverName);
      const pid = running ?? startServer(source);
      core.send(pid, tuple(atom('client'), client));
      return tuple(atom('ok'), pid);
    },
  };
}

function startServer(source: ToolSource): Pid {
  const server = new AppmonServer(source);
  return source.core.processes.spawnServer(
    {
      onMessage: (self, message) => server.accept(self, message),
      onExitSignal: (self, from) => server.forget(self, from),
      onTerminate: () => server.stop(),
    },
    { name: serverName },
  );
}

interface Task {
  readonly command: string;
  readonly about: Term;
  readonly client: Pid;
  readonly everyMs: number;
  last: Term;
  timer: Timer | undefined;
}

class AppmonServer {
  readonly #source: ToolSource;
  readonly #tasks: Map<string, Task> = new Map();
  readonly #clients: Map<string, Pid> = new Map();

  constructor(source: ToolSource) {
    this.#source = source;
  }

  accept(self: Process, message: Term): void {
    const request = parseGenRequest(message);
    if (request?.kind === 'call') {
      replyToGenCall((to, term) => self.answer(self.peer, to, term), request.from, atom('ok'));
    } else if (request?.kind === 'cast') {
      if (request.request instanceof Tuple && request.request.length === 5)
        this.#command(self, request.request);
    } else if (message instanceof Tuple && self.peer === this.#source.core.name) {
      const client = message.at(1);
      if (!(client instanceof Pid)) return;
      this.#clients.set(client.toString(), client);
      self.link(client);
    }
  }

  /** A client has ended, or its node is gone. Without clients the server ends. */
  forget(self: Process, client: Pid): void {
    this.#clients.delete(client.toString());
    for (const [key, task] of this.#tasks) if (equals(task.client, client)) this.#drop(key);
    if (this.#clients.size === 0) self.exit(atom('normal'));
  }

  stop(): void {
    for (const key of [...this.#tasks.keys()]) this.#drop(key);
  }

  /** `{From, Command, About, OnOrOff, Options}`. */
  #command(self: Process, request: Tuple): void {
    const [client, commandTerm, about, isOn, options] = request.elements;
    const command = atomName(commandTerm);
    if (!(client instanceof Pid) || client.node !== self.peer || command === undefined) return;
    const key = `${client.toString()} ${command} ${termKey(about)}`;
    this.#drop(key);
    if (isOn !== true || this.#tasks.size >= maxTasks || !commands.has(command)) return;
    const task: Task = {
      command,
      about,
      client,
      everyMs: periodIn(options),
      last: undefined,
      timer: undefined,
    };
    this.#tasks.set(key, task);
    this.#run(self, task);
  }

  #run(self: Process, task: Task): void {
    const result = this.#resultOf(task);
    if (!equals(result, task.last)) {
      task.last = result;
      const message = tuple(atom('delivery'), self.pid, atom(task.command), task.about, result);
      self.answer(task.client.node, task.client, message);
    }
    task.timer = this.#source.core.clock.after(task.everyMs, () => this.#run(self, task));
  }

  #resultOf({ command, about, last }: Task): Term {
    switch (command) {
      case 'app_ctrl':
        return [tuple(this.#source.core.pid, atom(applicationName), applicationOf(this.#source))];
      case 'app':
        return this.#tree(about);
      case 'load':
        return this.#load(last);
      default:
        return this.#text(about);
    }
  }

  /** `{Root, [{Pid, Name}], [{Parent, Child}], []}`, all processes below the root. */
  #tree(application: Term): Term {
    if (atomName(application) !== applicationName) return tuple([], [], [], []);
    const { core } = this.#source;
    const root = charlist(applicationName);
    const shown = core.processes.pids().slice(0, maxDrawn);
    const processes = shown.flatMap((pid) => {
      const process = describeProcess(core, pid);
      return process === undefined ? [] : [{ pid, text: pid === core.pid ? root : nameText(process) }];
    });
    return tuple(
      root,
      processes.map(({ pid, text }) => tuple(pid, text)),
      processes.filter(({ pid }) => pid !== core.pid).map(({ text }) => tuple(root, text)),
      [],
    );
  }

  /** `{Before, Now}`, the use of the event loop since the last sample. */
  #load(last: Term): Term {
    const now = Math.min(loadRange, Math.round(this.#source.vitals.loadSinceLast() * loadRange));
    return tuple(last instanceof Tuple ? last.at(1) : 0, now);
  }

  #text(pid: Term): Term {
    const { core, leader } = this.#source;
    const process = pid instanceof Pid && pid.node === core.name ? describeProcess(core, pid) : undefined;
    if (process === undefined) return [];
    const text = inspect(usualInfo(process, leader), { syntax: 'erlang', maxLength: 10_000 });
    return charlist(`Node: ${core.name}, Process: ${process.pid.toString()}\n${text}\n\n`);
  }

  #drop(key: string): void {
    this.#tasks.get(key)?.timer?.cancel();
    this.#tasks.delete(key);
  }
}

const commands: ReadonlySet<string> = new Set(['app_ctrl', 'app', 'load', 'pinfo']);

/** `[{timeout, Milliseconds}]`. */
function periodIn(options: Term): number {
  if (!Array.isArray(options)) return usualMs;
  for (const option of options as readonly Term[]) {
    if (!(option instanceof Tuple) || atomName(option.at(0)) !== 'timeout') continue;
    const wanted = option.at(1);
    if (typeof wanted === 'number') return Math.min(longestMs, Math.max(shortestMs, wanted));
  }
  return usualMs;
}
