/**
 * Keeps a shell alive on an Erlang node while we are not connected: a process on that node, the anchor, is the shell's group
 * leader there and forwards every request to ours. When the connection to our node is lost, it keeps the unanswered
 * requests; when we reconnect, it resends them; after a grace period it ends the shell and itself. It is an interpreted
 * function, simple enough for OTP 23 to 29: nothing is loaded on the node. Its messages are in io/anchor-messages.ts.
 */

import { atom, atomName, Pid, type Term, Tuple, tuple } from '@convoy/node/etf';
import type { ReplHost } from './repl.ts';

const evaluateTimeoutMs = 15_000;

/** `Pending` is newest first, with entries `{N, From, ReplyAs, Request, Monitor}`. `Watched` are the linked processes. */
const source = `
Tell = fun(Owner, Message) -> erlang:send(Owner, Message, [noconnect]) end,
Forward = fun(Owner, {N, From, _, Request, _}) -> Tell(Owner, {convoy_io, self(), N, From, Request}) end,
EndAll = fun(Watched) ->
  lists:foreach(fun(Pid) ->
    case erlang:process_info(Pid, dictionary) of
      {dictionary, Words} ->
        case lists:keyfind(evaluator, 1, Words) of
          {evaluator, Evaluator} when is_pid(Evaluator) -> exit(Evaluator, kill);
          _ -> ok
        end;
      _ -> ok
    end,
    exit(Pid, kill)
  end, Watched)
end,
spawn(fun() ->
  process_flag(trap_exit, true),
  (fun Loop(Owner, Line, Next, Pending, Watched, Ended) ->
    receive
      {io_request, From, ReplyAs, Request} when is_pid(From) ->
        Entry = {Next, From, ReplyAs, Request, erlang:monitor(process, From)},
        Forward(Owner, Entry),
        Loop(Owner, Line, Next + 1, [Entry | Pending], Watched, Ended);
      {convoy_reply, N, Reply} ->
        case lists:keytake(N, 1, Pending) of
          {value, {_, From, ReplyAs, _, Monitor}, Rest} ->
            erlang:demonitor(Monitor, [flush]),
            From ! {io_reply, ReplyAs, Reply},
            Loop(Owner, Line, Next, Rest, Watched, Ended);
          false -> Loop(Owner, Line, Next, Pending, Watched, Ended)
        end;
      {convoy_attach, NewOwner} when is_pid(NewOwner) ->
        is_reference(Line) andalso erlang:demonitor(Line, [flush]),
        NewLine = erlang:monitor(process, NewOwner),
        Tell(NewOwner, {convoy_attached, self()}),
        lists:foreach(fun(Entry) -> Forward(NewOwner, Entry) end, lists:reverse(Pending)),
        lists:foreach(fun(Exit) -> Tell(NewOwner, Exit) end, lists:reverse(Ended)),
        Loop(NewOwner, NewLine, Next, Pending, Watched, []);
      {'DOWN', Line, process, _, noconnection} ->
        erlang:send_after(Grace, self(), {convoy_expired, Line}),
        Loop(Owner, {lost, Line}, Next, Pending, Watched, Ended);
      {'DOWN', Line, process, _, _} ->
        EndAll(Watched);
      {convoy_expired, Lost} when Line =:= {lost, Lost} ->
        EndAll(Watched);
      {'DOWN', Monitor, process, _, _} ->
        case lists:keytake(Monitor, 5, Pending) of
          {value, {N, _, _, _, _}, Rest} ->
            Tell(Owner, {convoy_gone, N}),
            Loop(Owner, Line, Next, Rest, Watched, Ended);
          false -> Loop(Owner, Line, Next, Pending, Watched, Ended)
        end;
      {convoy_link, Pid} when is_pid(Pid) ->
        link(Pid),
        Loop(Owner, Line, Next, Pending, [Pid | lists:delete(Pid, Watched)], Ended);
      {convoy_signal, Pid, Reason} when is_pid(Pid) ->
        exit(Pid, Reason),
        Loop(Owner, Line, Next, Pending, Watched, Ended);
      {convoy_end, Reason} ->
        exit(Reason);
      {'EXIT', Pid, Reason} ->
        Exit = {convoy_exit, Pid, Reason},
        Kept = case Line of {lost, _} -> [Exit | Ended]; _ -> Tell(Owner, Exit), Ended end,
        Loop(Owner, Line, Next, Pending, lists:delete(Pid, Watched), Kept);
      _ ->
        Loop(Owner, Line, Next, Pending, Watched, Ended)
    end
  end)(Leader, erlang:monitor(process, Leader), 1, [], [], [])
end).
`;

/** Starts an anchor for `leader`. Rejects when the node cannot evaluate it. */
export async function startAnchor(
  host: ReplHost,
  { leader, graceMs }: { readonly leader: Pid; readonly graceMs: number },
): Promise<Pid> {
  const bindings = [tuple(atom('Grace'), graceMs), tuple(atom('Leader'), leader)];
  const anchor = await evaluate(host, source, bindings);
  if (anchor instanceof Pid) return anchor;
  throw new TypeError('the node did not start a process for the shell');
}

async function evaluate(host: ReplHost, text: string, bindings: readonly Term[]): Promise<Term> {
  const characters = Array.from(text, (character) => character.codePointAt(0) ?? 0);
  const scanned = await host.call({ module: 'erl_scan', function: 'string', args: [characters] });
  const parsed = await host.call({ module: 'erl_parse', function: 'parse_exprs', args: [resultOf(scanned)] });
  const evaluated = await host.call({
    module: 'erl_eval',
    function: 'exprs',
    args: [resultOf(parsed), [...bindings]],
    timeoutMs: evaluateTimeoutMs,
  });
  return resultOf(evaluated);
}

function resultOf(answer: Term): Term {
  const isFine = answer instanceof Tuple && ['ok', 'value'].includes(atomName(answer.at(0)) ?? '');
  if (!isFine) throw new TypeError('the node could not evaluate the function that keeps a shell alive');
  return answer.at(1);
}
