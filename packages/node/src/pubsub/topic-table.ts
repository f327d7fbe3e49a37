/** The subscribers of this node, by topic. */

import { type Pid, type Term, termKey } from '../etf/index.ts';

/** A message for a topic. */
export interface TopicMessage {
  readonly topic: string;
  /** The message: a term as it was decoded, or as it was given on this node. */
  readonly message: Term;
  /** The node that sent it. */
  readonly from: string;
}

/** A function that is called with each message for a topic. */
export type PubSubListener = (message: TopicMessage) => void;

interface Entry {
  /** What `dispatch` may leave out. */
  readonly key: PubSubListener | string;
  readonly tell: PubSubListener;
}

export class TopicTable {
  readonly #topics: Map<string, Set<Entry>> = new Map();
  readonly #send: (pid: Pid, message: Term) => void;

  constructor(send: (pid: Pid, message: Term) => void) {
    this.#send = send;
  }

  /** Returns a function that removes the listener again. */
  add(topic: string, listener: PubSubListener): () => void {
    return this.#add(topic, { key: listener, tell: listener });
  }

  addProcess(topic: string, pid: Pid): () => void {
    return this.#add(topic, { key: termKey(pid), tell: ({ message }) => this.#send(pid, message) });
  }

  /** Tells all subscribers of the topic but those of `except`. */
  dispatch(message: TopicMessage, except?: PubSubListener | Pid): void {
    const left = except === undefined || typeof except === 'function' ? except : termKey(except);
    for (const { key, tell } of [...(this.#topics.get(message.topic) ?? [])]) {
      if (key !== left) callSafely(tell, message);
    }
  }

  clear(): void {
    this.#topics.clear();
  }

  #add(topic: string, entry: Entry): () => void {
    const entries = this.#topics.get(topic) ?? new Set();
    this.#topics.set(topic, entries.add(entry));
    return () => {
      if (entries.delete(entry) && entries.size === 0) this.#topics.delete(topic);
    };
  }
}

function callSafely(listener: PubSubListener, message: TopicMessage): void {
  try {
    listener(message);
  } catch (error) {
    // A bug in the listener: the others must get the message, and the error must not be lost.
    queueMicrotask(() => {
      throw error;
    });
  }
}
