/**
 * What follows the logger of a node, in Erlang: a handler whose only filter passes events on, and a helper process that makes short texts of them
 * and sends these in batches. Pure.
 *
 * - The filter runs in the process that logs. It passes at most `Most` events on until the helper has sent them and counts the others, so it
 *   never waits, and a helper that is slow, frozen or dead costs the caller two atomic counters. What is larger than `Words` is made a text there,
 *   within the same bounds, because copying it would take longer.
 * - The handler is the module `logger`, which has a `log/2` and no process of its own. The filter stops every event, and so does the handler without
 *   its filter, so this `log/2` is never called.
 * - A handler needs an atom, and atoms are never freed. So there are 16, of which the first free one is taken.
 * - The helper ends with our process, with the connection, and `Lease` after the last `renew`: the connection of a viewer that is frozen stays up for a
 *   minute, and for longer if it is sent to. A second process removes the handler if the helper is killed.
 */

import type { Term } from '@convoy/node/etf';

/** Bounds, which the node itself enforces. */
export interface HelperBounds {
  /** Maximum number of events in a batch. The others are counted. */
  readonly maxEvents: number;
  /** Time between two batches. */
  readonly batchMs: number;
  /** The helper ends when it was not renewed for this time. */
  readonly leaseMs: number;
  /** Maximum number of characters of an event. */
  readonly maxCharacters: number;
}

/** The entries of the metadata that every event may have, which come first. */
const knownMeta = 'pid, registered_name, mfa, file, line, domain, application';
/** Entries that say nothing, or what the text says already. */
const leftOutMeta = 'gl, time, report_cb, error_logger, logger_formatter, erl_level, crash_reason';

/** The source. It answers `{ok, Helper}`, `no_free_handler` or `{failed, Text}`; `Owner` gets `{log, Dropped, Events}`. */
export const helperProgram: string = `
(fun() ->
  group_leader(whereis(init), self()),
  Caller = self(),
  Words = 5000,
  Format = #{template => [msg], single_line => false, chars_limit => Characters, depth => 30},
  Known = [${knownMeta}],
  Left = [${leftOutMeta} | Known],
  Counters = atomics:new(2, []),
  Binary = fun(Text) ->
    case unicode:characters_to_binary(Text) of
      {_, Valid, _} -> Valid;
      Valid -> Valid
    end
  end,
  Print = fun(Term, Depth, Most) -> Binary(io_lib:format("~0tP", [Term, Depth], [{chars_limit, Most}])) end,
  Start = fun(Bytes) -> Binary(binary:part(Bytes, 0, min(byte_size(Bytes), 4 * Characters))) end,
  Bounded = fun
    ({string, Text}) when is_binary(Text) -> {string, Start(Text)};
    ({string, Text}) -> try {string, Start(iolist_to_binary(Text))} catch _:_ -> {string, Text} end;
    ({report, Report}) -> {report, Report};
    ({Control, Values}) ->
      {Control, [case is_binary(Value) andalso byte_size(Value) > 4 * Characters of true -> Start(Value); false -> Value end || Value <- Values]}
  end,
  Small = fun
    (Value) when is_binary(Value), byte_size(Value) > 800 -> Binary(binary:part(Value, 0, 800));
    (Value) when is_binary(Value) -> Value;
    (Value) ->
      case erlang:external_size(Value) > 300 of
        true -> Print(Value, 10, 200);
        false -> Value
      end
  end,
  Pairs = fun(Keep, Most) ->
    [{Key, Small(Value)} || {Key, Value} <- lists:sublist(lists:sort(maps:to_list(Keep)), Most), is_atom(Key)]
  end,
  Read = fun(#{level := Level, msg := Message, meta := Meta} = Event) ->
    Text = try Binary(logger_formatter:format(Event#{msg := Bounded(Message)}, Format))
           catch _:_ -> Print(Message, 20, Characters)
           end,
    {Level, maps:get(time, Meta, 0), Text,
      Pairs(maps:with(Known, Meta), 7) ++ Pairs(maps:without(Left, Meta), 13)}
  end,
  Hear = fun(Helper) ->
    fun(Event, _) ->
      try
        case atomics:add_get(Counters, 1, 1) =< Most of
          false -> atomics:add(Counters, 2, 1);
          true ->
            case erts_debug:flat_size(Event) > Words of
              false -> Helper ! {event, Event};
              true ->
                Cut = case maps:get(msg, Event) of
                  {string, Long} when is_list(Long) -> Event#{msg := {string, lists:sublist(Long, 4000)}};
                  _ -> Event
                end,
                Short = try logger_formatter:format(Cut, Format) catch _:_ -> "(an event that cannot be shown)" end,
                Kept = maps:with([time, pid, mfa, file, line], maps:get(meta, Event)),
                Helper ! {event, #{level => maps:get(level, Event), msg => {string, unicode:characters_to_binary(Short)}, meta => Kept}}
            end
        end
      catch _:_ -> ok
      end,
      stop
    end
  end,
  Ids = [list_to_atom("convoy_logs_" ++ integer_to_list(N)) || N <- lists:seq(1, 16)],
  IsLeft = fun(Id) ->
    case logger:get_handler_config(Id) of
      {ok, #{filters := [{convoy, {_, Pid}}]}} when is_pid(Pid) -> not is_process_alive(Pid);
      {ok, #{filters := []}} -> true;
      _ -> false
    end
  end,
  Add = fun
    Next([]) -> no_free_handler;
    Next([Id | More]) ->
      Config = #{level => all, filter_default => stop, filters => [{convoy, {Hear(self()), self()}}]},
      case logger:add_handler(Id, logger, Config) of
        ok -> {ok, Id};
        {error, {already_exist, _}} -> Next(More);
        {error, Why} -> {failed, Print(Why, 10, 200)}
      end
  end,
  Send = fun(Dropped, Events) ->
    case erlang:send(Owner, {log, Dropped, lists:reverse(Events)}, [noconnect, nosuspend]) of
      ok -> 0;
      _ -> Dropped + length(Events)
    end
  end,
  Work = fun(Owned) ->
    (fun Loop(Events, Flush, Lease, Lost) ->
      receive
        {event, Event} ->
          Line = try [Read(Event)] catch _:_ -> [] end,
          Timer = case Flush of none -> erlang:start_timer(Pause, self(), flush); _ -> Flush end,
          Loop(Line ++ Events, Timer, Lease, Lost);
        {timeout, Flush, flush} ->
          atomics:put(Counters, 1, 0),
          Unsent = Send(Lost + atomics:exchange(Counters, 2, 0), Events),
          Again = case Unsent of 0 -> none; _ -> erlang:start_timer(1000, self(), flush) end,
          Loop([], Again, Lease, Unsent);
        renew ->
          erlang:cancel_timer(Lease),
          Loop(Events, Flush, erlang:start_timer(LeaseMs, self(), lease), Lost);
        {timeout, Lease, lease} -> ok;
        {'DOWN', Owned, _, _, _} -> ok;
        stop -> ok;
        _ -> Loop(Events, Flush, Lease, Lost)
      end
    end)([], none, erlang:start_timer(LeaseMs, self(), lease), 0)
  end,
  Guard = fun(Helper, Id) ->
    spawn(fun() ->
      Watch = erlang:monitor(process, Helper),
      receive
        {'DOWN', Watch, _, _, removed} -> ok;
        {'DOWN', Watch, _, _, _} -> logger:remove_handler(Id)
      end
    end)
  end,
  Help = fun() ->
    Owned = erlang:monitor(process, Owner),
    case Add(Ids) of
      {ok, Id} ->
        Guard(self(), Id),
        Caller ! {self(), ok},
        try Work(Owned) catch _:_ -> ok end,
        logger:remove_handler(Id),
        exit(removed);
      Refused -> Caller ! {self(), Refused}
    end
  end,
  [logger:remove_handler(Id) || Id <- Ids, IsLeft(Id)],
  {Helper, Started} = erlang:spawn_opt(Help, [monitor, {priority, low},
    {max_heap_size, #{size => 8000000, kill => true, error_logger => false}}]),
  receive
    {Helper, ok} -> erlang:demonitor(Started, [flush]), {ok, Helper};
    {Helper, Refused} -> erlang:demonitor(Started, [flush]), Refused;
    {'DOWN', Started, process, _, Why} -> {failed, Print(Why, 10, 200)}
  end
end)().
`;

/** The variables of the source. `owner` gets the events. */
export function helperBindings(
  owner: Term,
  { maxEvents, batchMs, leaseMs, maxCharacters }: HelperBounds,
): Readonly<Record<string, Term>> {
  return { Owner: owner, Most: maxEvents, Pause: batchMs, LeaseMs: leaseMs, Characters: maxCharacters };
}
