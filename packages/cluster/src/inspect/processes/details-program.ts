/**
 * What a node is asked about one process, in Erlang. Lengths come first: what the process would have to copy (its messages, its
 * dictionary, its state) is read only if it is short, because the copying is done by the process itself, out of its own time and
 * memory. Everything is previewed on the node. Pure.
 */

import { naming } from './list-program.ts';

/** A longer message queue is not read, however short its messages are. */
export const maxQueue = 1000;
/** Messages, dictionary and state of a larger process are not read. */
export const maxMemoryBytes: number = 16 * 1024 * 1024;
/** How many links, monitors, messages and so on are answered. */
export const maxShown = { parties: 200, frames: 50, entries: 100, messages: 20 } as const;
/** How long the process may take to tell its state, in milliseconds. */
export const stateMs = 1000;
export const maxStateCharacters = 16_000;

/** `Who` is a pid as characters, `State` whether to ask for the state. Answers `gone`, or a list of `{Name, Value}`. */
export const detailsBody: string = `
${naming}
  Pid = try list_to_pid(Who) catch error:badarg -> none end,
  Some = fun(Item) ->
    case erlang:process_info(Pid, Item) of
      {_, List} when is_list(List) -> {length(List), lists:sublist(List, ${maxShown.parties})};
      _ -> {0, []}
    end
  end,
  Within = fun(Memory, Queue, Ask) ->
    if
      Memory > ${maxMemoryBytes} -> {large, Memory};
      Queue > ${maxQueue} -> {long, Queue};
      true -> Ask()
    end
  end,
  Ancestry = fun
    (List) when is_list(List) -> lists:sublist(List, 20);
    (_) -> []
  end,
  First = case Pid of
    none -> undefined;
    _ ->
      erlang:process_info(Pid, [message_queue_len, memory, registered_name, initial_call, current_function, status,
        reductions, priority, trap_exit, group_leader, total_heap_size, stack_size])
  end,
  case First of
    undefined -> gone;
    Info ->
      Queue = proplists:get_value(message_queue_len, Info),
      Memory = proplists:get_value(memory, Info),
      Read = fun(Item) ->
        case erlang:process_info(Pid, Item) of
          {_, Value} -> Value;
          _ -> []
        end
      end,
      Dictionary = Within(Memory, 0, fun() -> Read(dictionary) end),
      Kept = case Dictionary of {large, _} -> []; _ -> Dictionary end,
      Of = fun(Name) ->
        if
          Keys -> Key(Pid, Name);
          true -> proplists:get_value(Name, Kept)
        end
      end,
      [{info, Info},
       {call, Call(Pid, Memory)},
       {label, Label(Pid)},
       {links, Some(links)},
       {monitors, Some(monitors)},
       {monitored_by, Some(monitored_by)},
       {parent, try erlang:process_info(Pid, parent) of {_, Parent} -> Parent; _ -> undefined catch _:_ -> undefined end},
       {ancestors, Ancestry(Of('$ancestors'))},
       {callers, Ancestry(Of('$callers'))},
       {stack, [{M, F, if is_list(A) -> length(A); true -> A end, proplists:get_value(file, Where), proplists:get_value(line, Where)}
         || {M, F, A, Where} <- lists:sublist(Read(current_stacktrace), ${maxShown.frames})]},
       {dictionary, case Dictionary of
         {large, _} -> Dictionary;
         _ -> {length(Dictionary), [{Text(Name, 10, 200), Text(Value, 20, 500)} || {Name, Value} <- lists:sublist(Dictionary, ${maxShown.entries})]}
       end},
       {messages, Within(Memory, Queue, fun() ->
         Messages = Read(messages),
         {length(Messages), [Text(Message, 20, 500) || Message <- lists:sublist(Messages, ${maxShown.messages})]}
       end)},
       {state, case State of
         false -> unasked;
         true ->
           Within(Memory, Queue, fun() ->
             case Of('$initial_call') of
               undefined -> not_otp;
               _ ->
                 try {ok, Text(sys:get_state(Pid, ${stateMs}), 50, ${maxStateCharacters})}
                 catch exit:{timeout, _} -> slow; _:Why -> {failed, Text(Why, 10, 300)} end
             end
           end)
       end}]
  end
`;
