/**
 * The frame around every question, in Erlang: a process of low priority that answers in time and memory that are bounded there, and
 * that ends with the question. It logs nothing, and errors are cut before they travel. Pure.
 *
 * A body sees these variables: `Text(Term, Depth, Characters)` makes text within both bounds (depth alone bounds no string),
 * `Try(Fun)` answers `{ok, Value}` or `{failed, Text}`, `Rest(Milliseconds)` yields to everybody else, `Ours` are the processes
 * that answer.
 */

import type { Term } from '@convoy/node/etf';

/** Bounds of a question, which the node itself enforces. */
export interface FrameBounds {
  readonly timeoutMs: number;
  /** Maximum size of the answer in the external term format. */
  readonly maxBytes: number;
}

/** Heap of the process that answers, in words: 100,000 processes take about 5 million. */
const maxHeapWords = 16_000_000;

/** The source of a question. The value of `body` is answered. */
export function framed(body: string): string {
  return `
(fun() ->
  group_leader(whereis(init), self()),
  Caller = self(),
  {reductions, Parsing} = erlang:process_info(Caller, reductions),
  Text = fun(Term, Depth, Characters) ->
    unicode:characters_to_binary(io_lib:format("~0tP", [Term, Depth], [{chars_limit, Characters}]))
  end,
  Try = fun(Ask) -> try {ok, Ask()} catch _:Why -> {failed, Text(Why, 10, 200)} end end,
  Rest = fun(Milliseconds) ->
    Begin = erlang:monotonic_time(microsecond),
    receive after Milliseconds -> ok end,
    put(rested, get(rested) + erlang:monotonic_time(microsecond) - Begin)
  end,
  Work = fun(Ours) ->
${body}
  end,
  Answer = fun() ->
    put(rested, 0),
    Outcome = Try(fun() -> Work([self(), Caller]) end),
    {reductions, Reductions} = erlang:process_info(self(), reductions),
    Cost = {Parsing + Reductions, erlang:monotonic_time(microsecond) - Begun, get(rested), erlang:system_info(schedulers_online)},
    case erlang:external_size(Outcome) > Bytes of
      true -> exit({too_large, Cost});
      false -> exit({Outcome, Cost})
    end
  end,
  {Worker, Monitor} = erlang:spawn_opt(Answer, [monitor, {priority, low},
    {max_heap_size, #{size => Heap, kill => true, error_logger => false}}]),
  receive
    {'DOWN', Monitor, process, _, killed} -> too_large;
    {'DOWN', Monitor, process, _, Answered} -> Answered
  after Deadline ->
    exit(Worker, kill),
    slow
  end
end)().
`;
}

/** The variables of the frame itself. */
export function frameBindings({ timeoutMs, maxBytes }: FrameBounds): Readonly<Record<string, Term>> {
  return { Bytes: maxBytes, Deadline: timeoutMs, Heap: maxHeapWords };
}
