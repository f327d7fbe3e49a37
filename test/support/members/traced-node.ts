/** A node of a test on which calls are traced, and what is left there afterwards. */

import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import {
  type CallTrace,
  parseTraceTarget,
  traceCalls,
  type TraceEvent,
  type TraceOptions,
} from '@convoy/cluster/inspect';
import { type Node, startNode } from '@convoy/node';
import { ErlangCluster } from '../erlang/erlang-cluster.ts';
import type { ErlangNode, OtpRelease } from '../erlang/erlang-node.ts';
import { loadModule } from '../erlang/modules/load-module.ts';
import { eventuallyEqual } from '../eventually.ts';

export const tracedCookie = 'traced-cluster';

export interface StartedTrace {
  readonly trace: CallTrace;
  /** All events so far. */
  readonly events: readonly TraceEvent[];
}

export interface TracedNode {
  readonly target: ErlangNode;
  readonly visitor: Node;
  readonly epmdPort: number;
  /** Traces a function of the module `traced_shop`, which the node has. */
  start(what: string, options?: Partial<TraceOptions>): Promise<StartedTrace>;
  /** Waits until nothing of a trace is left there: no session, flag, pattern, count, name or process. */
  checkNothingIsLeft(): Promise<void>;
}

/** Starts a node with the module `traced_shop`, and one of ours that traces there. `args` are more arguments of the emulator. */
export async function startTraced(
  context: TestContext,
  release: OtpRelease,
  args: readonly string[] = [],
): Promise<TracedNode> {
  const cluster = await ErlangCluster.start({ cookie: tracedCookie, release });
  context.after(() => cluster[Symbol.asyncDispose]());
  const target = await cluster.erlang('traced', { args });
  await loadTracedShop(target);
  const { epmdPort } = cluster;
  const visitor = await startNode({
    ...{ name: 'tracer@127.0.0.1', cookie: tracedCookie, epmdPort, epmd: 'none' },
    ...{ hidden: true, isolated: true, listen: false },
  });
  context.after(() => visitor.close());
  return {
    ...{ target, visitor, epmdPort },
    start: async (what, options = {}) => {
      const events: TraceEvent[] = [];
      const all = { ...parseTraceTarget(what), ...options };
      const trace = await traceCalls(visitor, target.name, all, (some) => void events.push(...some));
      return { trace, events };
    },
    checkNothingIsLeft: () => checkNothingIsLeft(target),
  };
}

/** Loads the module `traced_shop`. The node's `kind` is `erl`. */
export function loadTracedShop(node: ErlangNode): Promise<void> {
  return loadModule(node, new URL('../erlang/modules/traced_shop.erl', import.meta.url));
}

/** Processes that evaluate a `receive` are a tracer or its guard: the loop of the test reads its input. */
const remains = `
  (fun() ->
    code:ensure_loaded(trace),
    Sessions = case erlang:function_exported(trace, session_info, 1) of
      true -> trace:session_info(all) -- [{legacy, default}];
      false -> []
    end,
    Patterns = [{F, A} || {F, A} <- traced_shop:module_info(exports), erlang:trace_info({traced_shop, F, A}, all) =/= {all, false}],
    Flags = [P || P <- processes(), {flags, [_ | _]} <- [erlang:trace_info(P, flags)]],
    Helpers = [P || P <- processes() -- [self()], {current_function, {prim_eval, _, _}} <- [process_info(P, current_function)]],
    {Sessions, Patterns, Flags, erlang:trace_info(new, flags), Helpers, whereis(convoy_trace), erlang:system_info(trace_control_word)}
  end)()`;

/** Waits until nothing of a trace is left on a node. */
export async function checkNothingIsLeft(node: ErlangNode, timeoutMs: number = 60_000): Promise<void> {
  await eventuallyEqual(() => node.eval(remains), '{[],[],[],{flags,[]},[],undefined,0}', timeoutMs);
}

/** What the calls of a trace were given and returned. */
export function shown(events: readonly TraceEvent[]): readonly string[] {
  return events.map((event) => {
    if (event.kind === 'call') return `${event.number}: (${event.args})`;
    assert.ok(event.durationUs >= 0);
    return `${event.number}: ${event.kind} ${event.value}`;
  });
}
