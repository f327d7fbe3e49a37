/**
 * Records who did what, as one JSON object per line in a 0600 file. An entry is written before its action. If it cannot be
 * written, the action is refused, unless it stops or deletes something; the entries of such actions are kept in memory
 * until the file can be written again. Input and output of shells are not recorded.
 */

import { ConsoleError } from '../errors.ts';
import { explainFileError } from '../file-problem.ts';
import type { Problem } from '../protocol/index.ts';
import { AuditFile, type AuditFileOptions } from './audit-file.ts';
import { type CountedRefusals, RefusalCounter } from './refusal-counter.ts';

/** Kinds of entries. */
export type AuditEvent =
  | 'login'
  | 'login.refused'
  | 'logout'
  | 'node.launch'
  | 'node.relaunch'
  | 'node.restart'
  | 'node.delete'
  | 'node.join'
  | 'node.disconnect'
  | 'doctor'
  | 'host.connect'
  | 'host.attach'
  | 'host.close'
  | 'railway.login'
  | 'railway.logout'
  | 'railway.open'
  | 'railway.control'
  | 'railway.close'
  | 'cluster.attach'
  | 'cluster.change'
  | 'cluster.detach'
  | 'cluster.reconnect'
  | 'process.kill'
  | 'process.collect'
  /** What has become of either. */
  | 'process.outcome'
  | 'message.send'
  | 'message.call'
  | 'message.rpc'
  /** What has become of any of them. */
  | 'message.outcome'
  | 'trace.start'
  /** Why and how the trace has ended, or why it did not begin. */
  | 'trace.outcome'
  | 'shell.open'
  | 'shell.attach'
  | 'shell.close'
  /** The log could not be written for a while. `lost` is the number of missing entries. */
  | 'audit.gap';

/** Who performs an action: the public label of the session or `token`, and the client's address. */
export interface AuditActor {
  readonly label: string;
  readonly address: string;
}

/** Further fields of an entry: names only, never a secret. */
export type AuditDetail = Readonly<Record<string, string | number | boolean | undefined>>;

/** Why, and since when (milliseconds since 1970), the log cannot be written. */
export interface AuditFailure {
  readonly since: number;
  readonly why: string;
}

/** Options of `AuditLog`. */
export interface AuditOptions extends AuditFileOptions {
  readonly now?: (() => number) | undefined;
}

/** Actions that reduce what is running, the actions needed to perform them, and what has become of an action. */
const alwaysDone: ReadonlySet<AuditEvent> = new Set([
  'login',
  'login.refused',
  'logout',
  'node.delete',
  'node.disconnect',
  'host.close',
  'railway.logout',
  'railway.close',
  'shell.close',
  'process.outcome',
  'message.outcome',
  'trace.outcome',
]);
const stoppingActions: ReadonlySet<unknown> = new Set(['stop', 'delete']);
const maxKept = 1000;
const flushIntervalMs = 5000;

/** The audit log of a console. */
export class AuditLog {
  readonly #file: AuditFile;
  readonly #now: () => number;
  readonly #listeners = new Set<(failure: AuditFailure | undefined) => void>();
  readonly #writtenListeners = new Set<(entry: object) => void>();
  readonly #refusals = new RefusalCounter();
  readonly #timer: NodeJS.Timeout;
  /** Entries of actions performed while the file could not be written. */
  #kept: object[] = [];
  /** Number of entries beyond those that could be kept. */
  #lost = 0;
  #failure: AuditFailure | undefined;

  /** Opens `file`, and creates it if necessary. Throws the error of the file system. */
  constructor(file: string, options: AuditOptions = {}) {
    this.#file = new AuditFile(file, options);
    this.#now = options.now ?? Date.now;
    this.#timer = setInterval(() => this.flush(), flushIntervalMs);
    this.#timer.unref();
  }

  /** Why the log cannot be written; `undefined` while it can. */
  get failure(): AuditFailure | undefined {
    return this.#failure;
  }

  /** Calls `listener` when the log cannot be written, and with `undefined` when it can again. Returns a function that unsubscribes. */
  subscribe(listener: (failure: AuditFailure | undefined) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Calls `listener` with every entry that has been written. Returns a function that unsubscribes. */
  onWritten(listener: (entry: object) => void): () => void {
    this.#writtenListeners.add(listener);
    return () => this.#writtenListeners.delete(listener);
  }

  /** Records an action. Throws CONSOLE_AUDIT_FAILED if the entry cannot be written and the action must not happen without it. */
  record(event: AuditEvent, actor: AuditActor, detail: AuditDetail = {}): void {
    const at = new Date(this.#now()).toISOString();
    const entry = { at, event, actor: actor.label, address: actor.address, ...detail };
    if (this.#writeKept() && this.#write(entry)) return;
    const isStopping = event === 'railway.control' && stoppingActions.has(detail['action']);
    if (!isStopping && !alwaysDone.has(event)) throw refusal(this.#failure);
    if (this.#kept.length < maxKept) this.#kept.push(entry);
    else this.#lost += 1;
  }

  /** Records that `address` was refused. Repeated refusals are counted in one entry. */
  refuse(address: string, code: string): void {
    const first = this.#refusals.count({ address, code }, this.#now());
    if (first !== undefined) this.#recordRefusals(first);
  }

  /** Writes kept entries and counted refusals that are due. Called at intervals, and by tests. */
  flush(): void {
    this.#writeKept();
    for (const counted of this.#refusals.due(this.#now())) this.#recordRefusals(counted);
  }

  /** Writes everything and flushes it to disk, as far as possible. Never throws. */
  sync(): void {
    for (const counted of this.#refusals.drain()) this.#recordRefusals(counted);
    this.#writeKept();
    try {
      this.#file.sync();
    } catch (error) {
      this.#noteFailure(error);
    }
  }

  /** Writes everything and closes the file. */
  close(): void {
    clearInterval(this.#timer);
    this.sync();
    this.#file.close();
  }

  #recordRefusals({ address, code, count, since }: CountedRefusals): void {
    const detail = count === 1 ? { code } : { code, count, since: new Date(since).toISOString() };
    this.record('login.refused', { label: 'nobody', address }, detail);
  }

  /** After a failure: writes the kept entries, oldest first, and an entry for the gap. Returns `false` if that still fails. */
  #writeKept(): boolean {
    const failure = this.#failure;
    if (failure === undefined) return true;
    if (!this.#file.hasRoom()) return false;
    for (let entry = this.#kept[0]; entry !== undefined; entry = this.#kept[0]) {
      if (!this.#write(entry)) return false;
      this.#kept.shift();
    }
    const at = new Date(this.#now()).toISOString();
    const since = new Date(failure.since).toISOString();
    const gap = { at, event: 'audit.gap', actor: 'console', address: '', since, lost: this.#lost };
    if (!this.#write(gap)) return false;
    this.#lost = 0;
    this.#setFailure(undefined);
    return true;
  }

  #write(entry: object): boolean {
    try {
      this.#file.append(entry);
    } catch (error) {
      this.#noteFailure(error);
      return false;
    }
    for (const listener of this.#writtenListeners) listener(entry);
    return true;
  }

  #noteFailure(error: unknown): void {
    if (this.#failure !== undefined) return;
    this.#setFailure({ since: this.#now(), why: explainFileError(error) ?? String(error) });
  }

  #setFailure(failure: AuditFailure | undefined): void {
    this.#failure = failure;
    for (const listener of this.#listeners) listener(failure);
  }
}

function refusal(failure: AuditFailure | undefined): ConsoleError {
  const { message, remedy } = auditProblem(failure);
  return new ConsoleError('CONSOLE_AUDIT_FAILED', `${message}; the request was not carried out`, {
    remedy,
  });
}

/** The problem that pages show while the log cannot be written. */
export function auditProblem(failure: AuditFailure | undefined): Problem & { readonly remedy: string } {
  const why = failure === undefined ? '' : `: ${failure.why}`;
  return {
    code: 'CONSOLE_AUDIT_FAILED',
    message: `the audit log cannot be written${why}`,
    remedy:
      'Free some space on the disk of the data directory. Until then, nodes can be stopped and deleted, but not started.',
  };
}
