/** The logs that one socket follows: sends their lines, and whether the loggers that it asked for are followed. */

import { ConsoleError, problemOf } from '../errors.ts';
import type { FaultScope } from '../fault-boundary.ts';
import type { LoggerState } from '../logs/logger-link.ts';
import type { ClientMessage, LogSource, ServerMessage } from '../protocol/index.ts';
import type { LiveContext } from './live-context.ts';
import { LogFollower } from './log-follower.ts';
import type { OutputPump } from './output-pump.ts';

const maxFollowedLogs = 200;

/** What a socket gives to its subscriptions. */
export interface LogSubscriptionsOptions {
  readonly pump: OutputPump;
  readonly send: (message: ServerMessage) => void;
  /** The scope of the socket itself. */
  readonly socket: FaultScope;
}

/** A followed log. */
interface Subscription {
  follower: LogFollower | undefined;
  leaveLogger: (() => void) | undefined;
}

type FollowRequest = Extract<ClientMessage, { type: 'logs.follow' }>;

/** The logs of one socket, by the ids of their nodes. */
export class LogSubscriptions {
  readonly #context: LiveContext;
  readonly #options: LogSubscriptionsOptions;
  readonly #logs = new Map<string, Subscription>();

  constructor(context: LiveContext, options: LogSubscriptionsOptions) {
    this.#context = context;
    this.#options = options;
  }

  /** Follows a log, or follows it otherwise. Throws PROVIDER_NO_NODE, CONSOLE_TOO_MANY. */
  follow({ node, afterSeq, source: asked }: FollowRequest): void {
    const { logs, faults } = this.#context;
    const { pump, send } = this.#options;
    const before = this.#logs.get(node);
    this.#logs.delete(node);
    try {
      this.#checkRoom();
      const history = logs.history(node);
      const source = asked ?? logs.sourceOf(node);
      faults.run(this.#scopeOf(node), () => {
        const subscription: Subscription = { follower: undefined, leaveLogger: undefined };
        this.#logs.set(node, subscription);
        this.#followLogger(node, source, subscription);
        const followed = { node, history, afterSeq, source, faults };
        subscription.follower = new LogFollower(followed, pump, (lines) =>
          send({ type: 'logs', node, lines }),
        );
      });
    } finally {
      // A logger that is followed otherwise from now on is followed without a break.
      end(before);
    }
  }

  /** Follows a log no longer. */
  unfollow(node: string): void {
    end(this.#logs.get(node));
    this.#logs.delete(node);
  }

  /** Follows no log any longer. */
  close(): void {
    for (const node of [...this.#logs.keys()]) this.unfollow(node);
  }

  #checkRoom(): void {
    if (this.#logs.size < maxFollowedLogs) return;
    throw new ConsoleError('CONSOLE_TOO_MANY', `${maxFollowedLogs} logs are followed, which is the limit`, {
      remedy: 'Close one of the logs first.',
    });
  }

  #followLogger(node: string, source: LogSource, subscription: Subscription): void {
    const { logs, faults } = this.#context;
    if (source === 'output') {
      this.#tell(node, source, logs.hasOutput(node) ? { state: 'following' } : noOutput(node));
      return;
    }
    const listener = faults.bind((state: NonNullable<LoggerState>) => this.#tell(node, source, state));
    subscription.leaveLogger = logs.link(node).want(listener);
  }

  #tell(node: string, source: LogSource, state: NonNullable<LoggerState>): void {
    this.#options.send({ type: 'logs.state', node, source, ...state });
  }

  #scopeOf(node: string): FaultScope {
    const end = (): void => {
      this.unfollow(node);
      const message = `the log of ${node} is no longer followed because of an internal error of the console`;
      const problem = { code: 'CONSOLE_INTERNAL', message, remedy: 'Open the log again.' };
      this.#context.faults.run(this.#options.socket, () => this.#options.send({ type: 'problem', problem }));
    };
    return { kind: 'follower', name: `log of ${node}`, end };
  }
}

function end(subscription: Subscription | undefined): void {
  subscription?.follower?.close();
  subscription?.leaveLogger?.();
}

function noOutput(node: string): NonNullable<LoggerState> {
  const problem = problemOf(
    new ConsoleError('CONSOLE_LOGGER_UNAVAILABLE', `the console does not have the output of ${node}`, {
      remedy:
        'Only nodes that this console launched send it their output. Follow the logger of the node instead.',
    }),
  );
  return { state: 'unavailable', problem };
}
