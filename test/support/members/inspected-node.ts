/** A node of a test that is looked into, through another one or directly, and what runs on it. */

import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { askDirectly, createInspector, type InspectAnswer, type Inspector } from '@convoy/cluster/inspect';
import { watchCluster, type WatchedCluster } from '@convoy/cluster/members';
import { type Node, startNode } from '@convoy/node';
import { ErlangCluster } from '../erlang/erlang-cluster.ts';
import type { ErlangNode, ErlangNodeOptions, OtpRelease } from '../erlang/erlang-node.ts';

const cookie = 'inspected-cluster';

export interface InspectedNode {
  readonly cluster: ErlangCluster;
  /** The node that is looked into. */
  readonly target: ErlangNode;
  /** Our own node, connected to the entry. */
  readonly visitor: Node;
  readonly watched: WatchedCluster;
  /** Asks through the entry, another node. */
  readonly inspector: Inspector;
  /** Asks the target itself. */
  readonly direct: Inspector;
}

/** Starts an entry and the node to look into, connects them, and watches their cluster. */
export async function startInspected(
  context: TestContext,
  { release, ...options }: { readonly release: OtpRelease } & Partial<ErlangNodeOptions>,
): Promise<InspectedNode> {
  const cluster = await ErlangCluster.start({ cookie, release });
  context.after(() => cluster[Symbol.asyncDispose]());
  const entry = await cluster.erlang('entry');
  const target = await cluster.erlang('target', options);
  assert.equal(await entry.eval(`net_adm:ping('${target.name}')`), 'pong');
  const visitor = await startNode({
    name: 'visitor@127.0.0.1',
    cookie,
    hidden: true,
    isolated: true,
    listen: false,
    epmd: 'none',
    epmdPort: cluster.epmdPort,
  });
  context.after(() => visitor.close());
  const watched = await watchCluster(visitor, { entries: [entry.name], answerMs: 20_000 });
  context.after(() => watched.close());
  const inspector = createInspector(watched);
  return { cluster, target, visitor, watched, inspector, direct: createInspector(askDirectly(visitor)) };
}

/** The value of an answer. */
export function valueOf<Value>(answer: InspectAnswer<Value>): Value {
  if (answer.state === 'unavailable') assert.fail(`${answer.problem.kind}: ${answer.problem.message}`);
  return answer.value;
}

/** The reason why there is no value. */
export function problemOf(answer: InspectAnswer<unknown>): string {
  return answer.state === 'unavailable' ? answer.problem.kind : 'answered';
}

const shop = [
  '-module(shop).',
  '-export([start/2, init/1, cart/0, loop/0]).',
  'start(_, _) -> supervisor:start_link({local, shop_sup}, shop, top).',
  `init(top) -> {ok, {{one_for_one, 1, 5}, [
     {many, {supervisor, start_link, [{local, shop_many}, shop, many]}, permanent, 1000, supervisor, [shop]},
     {slow, {supervisor, start_link, [{local, shop_slow}, shop, few]}, permanent, 1000, supervisor, [shop]},
     {till, {shop, cart, []}, permanent, 1000, worker, [shop]}]}};
   init(few) -> {ok, {{one_for_one, 1, 5}, [{shelf, {shop, cart, []}, permanent, 1000, worker, [shop]}]}};
   init(many) -> {ok, {{simple_one_for_one, 1, 5}, [{cart, {shop, cart, []}, permanent, 1000, worker, [shop]}]}}.`,
  'cart() -> {ok, proc_lib:spawn_link(shop, loop, [])}.',
  'loop() -> receive stop -> ok end.',
];

/** Starts an application there: supervisors `shop_many`, with `carts` children, and `shop_slow`, and a worker `till`. */
export async function startShop(node: ErlangNode, carts: number): Promise<void> {
  const forms = shop.map((form) => JSON.stringify(form)).join(', ');
  await node.eval(`
    Form = fun(Text) -> {ok, Tokens, _} = erl_scan:string(Text), {ok, Parsed} = erl_parse:parse_form(Tokens), Parsed end,
    {ok, Module, Code} = compile:forms([Form(Text) || Text <- [${forms}]]),
    {module, shop} = code:load_binary(Module, "shop.erl", Code),
    ok = application:load({application, shop, [{description, "A shop"}, {vsn, "1.2"}, {modules, [shop]},
      {registered, []}, {applications, [kernel, stdlib]}, {mod, {shop, []}}]}),
    ok = application:start(shop),
    lists:foreach(fun(_) -> {ok, _} = supervisor:start_child(shop_many, []) end, lists:seq(1, ${carts}))`);
}
