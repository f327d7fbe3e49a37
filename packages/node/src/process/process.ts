/**
 * Processes as seen by the code that runs in them and by the code that starts them. Contracts only; local-process.ts
 * implements them, and process-table.ts is the table of processes.
 */

import type { Pid, Reference, Term } from '../etf/index.ts';
import type { Destination, RemoteName } from './router.ts';

/** What can be monitored. A string is a name registered on the local node. */
export type MonitorTarget = Pid | string | RemoteName;

/** Options of `Process.receive`. */
export interface ReceiveOptions {
  /**
   * Receives the first message that it returns true for, and leaves the others queued. Default: any message. When the same function
   * is passed again, the messages that it refused before are looked at last.
   */
  readonly match?: (message: Term) => boolean;
  /**
   * With `match`: looks only at messages that have arrived since this process made the reference, by `makeRef`, `monitor` or `alias`. An
   * answer to it cannot be older, so a long queue is not searched. Default: looks at all messages.
   */
  readonly since?: Reference | undefined;
  /** Rejects with `NodeError` RECEIVE_TIMEOUT after this time. Default: waits forever. */
  readonly timeoutMs?: number | undefined;
  /** Rejects with the signal's reason when it aborts. */
  readonly signal?: AbortSignal | undefined;
}

/** Options of `sendWhenWritable` of a process and of a node. */
export interface WaitingSendOptions {
  /** Gives up while the message waits for room; the call rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
}

/** Options of `Process.demonitor`. */
export interface DemonitorOptions {
  /** Also removes the DOWN message if it has already arrived. Default false. */
  readonly flush?: boolean;
}

/** Options of `Process.alias`. */
export interface AliasOptions {
  /**
   * Messages and exit signals that are sent to the alias with priority overtake those that wait. Only give such an alias to processes
   * that may do that. Default false.
   */
  readonly priority?: boolean;
}

/** Options of `Process.send` and `Process.exitSignal`. */
export interface PriorityOptions {
  /**
   * Sends with priority, which has an effect only on an alias that was made with `priority`, on this node or one of OTP 28 and later. Older
   * nodes get an ordinary message. Default false.
   */
  readonly priority?: boolean;
}

/** Options of `Process.monitor`. */
export interface MonitorOptions {
  /**
   * Also makes the monitor's reference an alias of this process. `explicit`: until `unalias`. `demonitor`: until the
   * monitor ends. `reply`: until the monitor ends or the first message arrives through it. Default: no alias.
   */
  readonly alias?: 'explicit' | 'demonitor' | 'reply';
}

/** A process, as seen by the code that runs in it. Every method throws `NodeError` PROCESS_DEAD once it has ended. */
export interface Process {
  /** The pid of the process. */
  readonly pid: Pid;
  /** Aborts when the process ends, for any reason. */
  readonly signal: AbortSignal;
  /**
   * Whether exit signals become `{'EXIT', Pid, Reason}` messages instead of ending the process. Default false.
   */
  trapExit: boolean;
  /** The process that handles the output of this process. Default: that of the node, if any. */
  groupLeader: Pid | undefined;
  /**
   * The node that sent the last received message: the name proven by the handshake of its connection, regardless of what
   * the message claims. It is the process's own node for local messages, before the first message, and in a server process
   * while no callback is running.
   */
  readonly peer: string;

  /**
   * Resolves with the next message, or the next one that `match` accepts, in order of arrival. Exits of linked processes
   * arrive as `{'EXIT', Pid, Reason}` if this process traps exits, ends of monitored ones as
   * `{'DOWN', Ref, process, What, Reason}`. Only one `receive` may be pending. Server processes cannot call it: their
   * messages go to `onMessage`.
   */
  receive(options?: ReceiveOptions): Promise<Term>;
  /**
   * Sends a message. A message that cannot be delivered is dropped, as in Erlang. Throws `EncodeError` for a value that
   * cannot be encoded as a term, even for a local receiver; nothing is sent in that case.
   */
  send(to: Destination, message: Term, options?: PriorityOptions): void;

  /**
   * Sends a message once its node can take more: when at most `limits.sendQueueHighWaterBytes` are queued for it. Messages that wait
   * are sent in the order of the calls. Resolves when the message is queued; rejects with `ConnectionError` if the connection ends
   * before, with the signal's reason, or as `send` throws. What is sent meanwhile by `send` does not wait, and goes first.
   */
  sendWhenWritable(to: Destination, message: Term, options?: WaitingSendOptions): Promise<void>;

  /**
   * Answers a message from the node `peer`, now or later: sends only to a process, name or alias on that node, regardless
   * of what the message said, and only over the existing connection. Anything else is dropped with an event.
   */
  answer(peer: string, to: Destination, message: Term): void;

  /** Links both processes: when one exits, the other gets an exit signal. */
  link(pid: Pid): void;
  /** Removes a link. */
  unlink(pid: Pid): void;
  /** Requests one `{'DOWN', Ref, process, What, Reason}` message when `target` ends or does not exist. */
  monitor(target: MonitorTarget, options?: MonitorOptions): Reference;
  /** Ends a monitor. */
  demonitor(ref: Reference, options?: DemonitorOptions): void;
  /** Creates a reference that messages can be sent to until `unalias`. */
  alias(options?: AliasOptions): Reference;
  /** Ends an alias. */
  unalias(ref: Reference): void;
  /** Creates a unique reference. */
  makeRef(): Reference;

  /** Ends this process with `reason` and does not return. `atom('normal')` does not affect linked processes. */
  exit(reason: Term): never;
  /**
   * Sends an exit signal to a process, as `exit(Pid, Reason)` does, or to an alias, which nodes before OTP 28 do not understand.
   * `atom('kill')` cannot be trapped.
   */
  exitSignal(to: Pid | Reference, reason: Term, options?: PriorityOptions): void;
  /** Sends an exit signal through the link with `pid`, as if this process had ended, and ends that link. */
  exitLinked(pid: Pid, reason: Term): void;
  /**
   * Sends DOWN to the process that monitors this one by `by`, as if this process had ended, and ends that monitor. With a pid it is the last
   * monitor of that process. Does nothing if there is no such monitor, or if it belongs to another node than `peer`.
   */
  exitMonitored(by: Reference | Pid, reason: Term): void;
}

/** The body of a process: the process ends when the function returns. If it throws, the error is the exit reason. */
export type ProcessFunction = (self: Process) => Promise<void> | void;

/** The callbacks of a server process. They run one at a time; a returned promise delays the next one. */
export interface ServerCallbacks {
  /**
   * Handles a message. `from` is the sender if it is known: a process on the node `self.peer`, or a local one. Pids and
   * names within the message are unverified. An exception ends the process.
   */
  onMessage(self: Process, message: Term, from: Pid | undefined): void | Promise<void>;
  /** If set, the process traps exits, and they are delivered here instead of as messages. */
  onExitSignal?(self: Process, from: Pid, reason: Term): void | Promise<void>;
  /** Called when a process on another node stops monitoring this one: it no longer waits for its end. */
  onDemonitored?(): void;
  /** Called once when the process has ended. */
  onTerminate?(reason: Term): void;
  /** Whether `onMessage` answers the system messages of `sys`, as a gen server does. Tools of Erlang ask only such processes. Default false. */
  readonly answersSystemMessages?: boolean;
}

/** Options of `Node.spawn` and `Node.spawnServer`. */
export interface SpawnOptions {
  /** Registers the process under this name. Throws `NodeError` PROCESS_NAME_TAKEN when it is in use. */
  readonly name?: string | undefined;
  /** Links the new process to this one before it runs. */
  readonly link?: Pid;
  /** The process that handles its output. Default: that of the node, if any. */
  readonly groupLeader?: Pid;
  /**
   * The only other node whose links, monitors, exit signals and group leader changes reach the process; to all others it
   * seems to have ended. Messages still arrive from every node: check `self.peer`. Default: every node.
   */
  readonly ownerNode?: string | undefined;
  /** @internal Ignores exit signals: peers must not be able to end the processes that the node depends on. */
  readonly isSystem?: boolean;
}
