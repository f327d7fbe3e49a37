/**
 * The process named `rex`: remote calls from before `erpc`, still used by `rpc:block_call`, `rpc:sbcast` and old nodes,
 * and the query whether this node supports `erpc`. It only runs exposed functions.
 */

import { atom, atomName, atomOf, Pid, type Reference, tuple, Tuple, type Term } from '../../etf/index.ts';
import type { Process } from '../../process/process.ts';
import { parseTarget } from './call-target.ts';
import { whenDone } from './exposed-functions.ts';
import { parseGenRequest, replyToGenCall } from '../gen/gen-requests.ts';
import { refuseRequest } from '../gen/refused-calls.ts';
import type { NodeCore } from '../runtime/node-core.ts';
import { rexResultOf } from './rex-results.ts';
import type { ServedCalls } from './served-calls.ts';

/** Starts the process. `leader` replaces group leaders that are not pids, such as `user`. */
export function startRex(core: NodeCore, calls: ServedCalls, leader: Pid): Pid {
  return core.processes.spawnServer(
    {
      onMessage(self, message, from) {
        const { peer } = self;
        new RexRequest({ core, calls, leader, self, peer, sender: from ?? self.pid }, message).serve();
      },
    },
    { name: 'rex', isSystem: true },
  );
}

interface RexContext {
  readonly core: NodeCore;
  readonly calls: ServedCalls;
  readonly leader: Pid;
  readonly self: Process;
  /** The node that sent the request, and the only one that gets an answer. */
  readonly peer: string;
  readonly sender: Pid;
}

/** What a request without a function, or whose arguments are not a list, is answered. */
const badCall = rexResultOf({ class: 'error', reason: atom('badarg'), stack: [] });
const notSupported = tuple(atom('error'), atom('notsup'));

/** One message to `rex`. */
class RexRequest {
  readonly #context: RexContext;
  readonly #message: Term;

  constructor(context: RexContext, message: Term) {
    this.#context = context;
    this.#message = message;
  }

  serve(): void {
    const gen = parseGenRequest(this.#message);
    if (gen?.kind === 'call') {
      const { from, request } = gen;
      const answer = (value: Term): void => replyToGenCall((to, term) => this.#send(to, term), from, value);
      const label = atomName(request instanceof Tuple ? request.at(0) : undefined);
      const isCall = label === 'call' || label === 'block_call';
      if (!isCall || !this.#run(request, from.pid, answer)) answer(notSupported);
    } else if (gen?.kind === 'cast') {
      // A cast names no caller; its sender is all we know.
      this.#run(gen.request, this.#context.sender, () => undefined);
    } else if (!refuseRequest(this.#context.self, this.#message, 'rex does not handle such requests')) {
      this.#servePlain();
    }
  }

  /** `{From, Request}`. */
  #servePlain(): void {
    const [from, request] = this.#message instanceof Tuple ? this.#message.elements : [];
    if (!(from instanceof Pid)) return;
    const us = atomOf(this.#context.core.name);
    if (atomName(request) === 'features_request') {
      this.#send(from, tuple(atom('features_reply'), us, [atom('erpc')]));
      return;
    }
    if (!(request instanceof Tuple)) return;
    const label = atomName(request.at(0));
    if (label === 'call') {
      const answer = (value: Term): void => this.#send(from, tuple(atom('rex'), value));
      if (!this.#run(request, from, answer)) answer(badCall);
    }
    if (label !== 'sbcast' && label !== 'send') return;
    const { core, peer } = this.#context;
    const name = atomName(request.at(1));
    // It remains the peer's message: this node must not appear as its sender.
    const isFound = name !== undefined && core.processes.relay(peer, name, request.at(2));
    const result = isFound ? us : tuple(atom('nonexisting_name'), request.at(1));
    this.#send(from, tuple(atom('rex'), us, result));
  }

  /** Runs `{_, Module, Function, Arguments, GroupLeader}`. Returns `false` when the request has another shape. */
  #run(request: Term, caller: Pid, answer: (value: Term) => void): boolean {
    if (!(request instanceof Tuple) || request.length !== 5) return false;
    const [, module, functionName, args, leader] = request.elements;
    const target = parseTarget(module, functionName, args);
    if (target === undefined) return false;
    const groupLeader = leader instanceof Pid ? leader : this.#context.leader;
    const call = this.#context.calls.start(target, { caller, groupLeader, peer: this.#context.peer });
    whenDone(call.outcome, (outcome) => answer(rexResultOf(outcome)));
    return true;
  }

  #send(to: Pid | Reference, message: Term): void {
    const { self, peer } = this.#context;
    self.answer(peer, to, message);
  }
}
