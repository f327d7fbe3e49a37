/**
 * What a process is to the code that runs in it and to the code that starts it. Contracts only; the processes
 * themselves are local-process.ts, the table of them process-table.ts.
 */
import type { Pid, Reference, Term } from '../etf/index.ts';
import type { Destination, RemoteName } from './router.ts';

/** What can be monitored. A string is a name registered on the local node. */
export type MonitorTarget = Pid | string | RemoteName;

export interface ReceiveOptions {
  /** Takes the first message it is true for and leaves the others where they are. Default: any message. */
  readonly match?: (message: Term) => boolean;
  /** Rejects with a `NodeError` RECEIVE_TIMEOUT after this long. Default: waits for ever. */
  readonly timeoutMs?: number | undefined;
  /** Rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
}

export interface DemonitorOptions {
  /** Also removes the DOWN message when it has arrived already. Default false. */
  readonly flush?: boolean;
}

export interface MonitorOptions {
  /**
   * Makes the monitor's reference an alias of this process too. `explicit`: until `unalias`. `demonitor`: until the
   * monitor ends. `reply`: until the monitor ends or the first message through it. Default: no alias.
   */
  readonly alias?: 'explicit' | 'demonitor' | 'reply';
}

/** A process, as the code running in it sees it. Every method throws `NodeError` PROCESS_DEAD once it has ended. */
export interface Process {
  readonly pid: Pid;
  /** Aborted when the process ends, whatever the cause. */
  readonly signal: AbortSignal;
  /**
   * Whether exit signals become `{'EXIT', Pid, Reason}` messages instead of ending the process. Default false.
   */
  trapExit: boolean;
  /** Where the output of this process belongs. Default: that of the node, if any. */
  groupLeader: Pid | undefined;
  /**
   * The node that the message received last came from: the name proven by the handshake of the connection it arrived on,
   * whatever the message itself claims. The process's own node for messages from within the node, before the first, and in a
   * server process whenever no callback runs.
   */
  readonly peer: string;

  /**
   * The next message, or the next one that `match` accepts, in order of arrival. Exits of linked processes arrive as
   * `{'EXIT', Pid, Reason}` when trapping, ends of monitored ones as `{'DOWN', Ref, process, What, Reason}`. One
   * `receive` at a time. Server processes are given their messages and cannot call it.
   */
  receive(options?: ReceiveOptions): Promise<Term>;
  /**
   * Sends a message. What cannot be delivered is dropped, as in Erlang. Throws `EncodeError` for a value that is not a
   * term, wherever it goes; nothing is sent then.
   */
  send(to: Destination, message: Term): void;

  /**
   * Sends what a message from the node `peer` asked for, then or later: to a process, name or alias of that very node,
   * whatever the message said, and over the connection that is there. Anything else is dropped with an event.
   */
  answer(peer: string, to: Destination, message: Term): void;

  /** Ties both processes: when one exits, the other gets an exit signal. */
  link(pid: Pid): void;
  unlink(pid: Pid): void;
  /** Asks for one `{'DOWN', Ref, process, What, Reason}` message when `target` ends or is not there. */
  monitor(target: MonitorTarget, options?: MonitorOptions): Reference;
  demonitor(ref: Reference, options?: DemonitorOptions): void;
  /** A reference that messages can be sent to until `unalias`. */
  alias(): Reference;
  unalias(ref: Reference): void;
  makeRef(): Reference;

  /** Ends this process with `reason` and does not return. `atom('normal')` disturbs nobody. */
  exit(reason: Term): never;
  /** Sends an exit signal, as `exit(Pid, Reason)` does. `atom('kill')` cannot be trapped. */
  exitSignal(pid: Pid, reason: Term): void;
  /** Sends an exit signal through the link with `pid`, as if this process had ended, and ends that link. */
  exitLinked(pid: Pid, reason: Term): void;
}

/** The body of a process: it ends when the function does. A rejection is its exit reason. */
export type ProcessFunction = (self: Process) => Promise<void> | void;

/** A process without a loop of its own. Callbacks run one at a time; a promise returned holds the next one back. */
export interface ServerCallbacks {
  /**
   * `from` is the sender where it is known: a process of the node `self.peer`, or of this one. Pids and names within the
   * message are claims. An exception ends the process.
   */
  onMessage(self: Process, message: Term, from: Pid | undefined): void | Promise<void>;
  /** Given, the process traps exits and gets them here instead of as messages. */
  onExitSignal?(self: Process, from: Pid, reason: Term): void | Promise<void>;
  /** Called when a process of another node stops monitoring this one: it no longer waits for its end. */
  onDemonitored?(): void;
  /** Called once when the process has ended. */
  onTerminate?(reason: Term): void;
}

export interface SpawnOptions {
  /** Registers the process under this name. `NodeError` PROCESS_NAME_TAKEN when it is in use. */
  readonly name?: string | undefined;
  /** Links the process to this one before it runs. */
  readonly link?: Pid;
  /** Default: that of the node, if any. */
  readonly groupLeader?: Pid;
  /**
   * The only other node whose links, monitors, exit signals and group leader changes reach the process; to all others it
   * seems to have ended. Messages still arrive from everywhere: check `self.peer`. Default: every node.
   */
  readonly ownerNode?: string | undefined;
  /** @internal No exit signal ends it: peers must not be able to take from the node what it runs on. */
  readonly isSystem?: boolean;
}
