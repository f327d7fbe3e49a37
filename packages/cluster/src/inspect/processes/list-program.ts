/**
 * How a node finds its top processes, in Erlang. The pids are taken in chunks; between two chunks it rests, so that everybody else
 * runs. Within a chunk all is done by compiled functions (`lists:zipwith` with `fun erlang:process_info/2`), which take a tenth of the
 * reductions of a comprehension that is evaluated, and only the best are kept. Never asked: `processes` of the crash dump
 * (`system_info(procs)`), which stops the node, and messages. Pure.
 */

/** How one process is called; used by all questions about processes. `Keys`: whether single keys of a dictionary can be read. */
export const naming: string = `
  Keys = try erlang:process_info(self(), {dictionary, '$initial_call'}) of _ -> true catch _:_ -> false end,
  Key = fun(Of, Name) ->
    case erlang:process_info(Of, {dictionary, Name}) of
      {_, Found} -> Found;
      _ -> undefined
    end
  end,
  Call = fun(Of, Memory) ->
    Known = if
      Keys -> Key(Of, '$initial_call');
      Memory < 1048576 -> proc_lib:translate_initial_call(Of);
      true -> undefined
    end,
    case Known of
      {proc_lib, init_p, _} -> undefined;
      {M, F, A} when is_atom(M), is_atom(F), is_integer(A) -> Known;
      _ -> undefined
    end
  end,
  Label = fun(Of) ->
    case Keys andalso Key(Of, '$process_label') of
      Absent when Absent =:= undefined; Absent =:= false -> undefined;
      Given -> Text(Given, 10, 100)
    end
  end,
`;

/**
 * `Sort` is an item of `process_info`, `Window` the milliseconds between two sweeps (0: totals since the start), `Needle` text in lower
 * case or `false`. Answers `{Total, Seen, Matching, Rows}`.
 */
export const listBody: string = `
${naming}
  All = erlang:processes() -- Ours,
  Total = length(All),
  Pids = lists:sublist(All, Most),
  Seen = erlang:min(Total, Most),
  Chunks = (fun
    Split(0, _, Done) -> lists:reverse(Done);
    Split(Left, Others, Done) ->
      Size = erlang:min(Chunk, Left),
      {Head, Tail} = lists:split(Size, Others),
      Split(Left - Size, Tail, [Head | Done])
  end)(Seen, Pids, []),
  Each = fun(Some, Item) -> lists:zipwith(fun erlang:process_info/2, Some, lists:duplicate(length(Some), Item)) end,
  Shown = fun
    ({M, F, A}) when is_atom(M), is_atom(F), is_integer(A) -> io_lib:format("~ts:~ts/~w", [M, F, A]);
    (Term) when is_atom(Term) -> atom_to_list(Term);
    (Term) -> Text(Term, 10, 200)
  end,
  Matches = fun(Term) -> string:find(string:lowercase(unicode:characters_to_binary(Shown(Term))), Needle) =/= nomatch end,
  Named = case Needle of
    false -> [];
    _ -> [Pid || Name <- erlang:registered(), Matches(Name), Pid <- [whereis(Name)], is_pid(Pid)]
  end,
  Values = fun(Some) ->
    Initial = lists:zip(Each(Some, initial_call), Some),
    if
      Keys -> Initial ++ lists:zip(Each(Some, {dictionary, '$initial_call'}), Some)
        ++ lists:zip(Each(Some, {dictionary, '$process_label'}), Some);
      true ->
        Started = [Pid || {{_, {proc_lib, _, _}}, Pid} <- Initial],
        Small = [Pid || {{memory, Memory}, Pid} <- lists:zip(Each(Started, memory), Started), Memory < 1048576],
        Initial ++ [{{call, Translated}, Pid} || {Translated, Pid} <- lists:zip(lists:map(fun proc_lib:translate_initial_call/1, Small), Small)]
    end
  end,
  Keep = fun
    (Some) when Needle =:= false -> Some;
    (Some) ->
      Found = Values(Some),
      Distinct = lists:usort(element(1, lists:unzip(Found))),
      Good = [Value || {_, Term} = Value <- Distinct, Term =/= undefined, Matches(Term)],
      Mine = Some -- (Some -- Named),
      case Good of
        [] -> Mine;
        _ ->
          Wanted = maps:from_list(lists:zip(Good, Good)),
          lists:usort(Mine ++ [Pid || {Value, Pid} <- Found, maps:is_key(Value, Wanted)])
      end
  end,
  Best = fun(New, Old) -> lists:sublist(lists:reverse(lists:sort(New ++ Old)), Limit) end,
  Totals = fun(Some) -> [Row || {{_, _}, _} = Row <- Best(lists:zip(Each(Some, Sort), Some), [])] end,
  {Matching, Top} = case Window of
    0 ->
      lists:foldl(fun(Some, {Count, Sofar}) ->
        Rest(1),
        Kept = Keep(Some),
        {Count + length(Kept), Best([{Number, Pid} || {{_, Number}, Pid} <- Totals(Kept)], Sofar)}
      end, {0, []}, Chunks);
    _ ->
      Now = fun() -> erlang:monotonic_time(microsecond) end,
      Earlier = [begin
        Rest(1),
        Kept = Keep(Some),
        {Now(), lists:zip(Kept, Each(Kept, reductions))}
      end || Some <- Chunks],
      Rest(Window),
      lists:foldl(fun({Then, Old}, {Count, Sofar}) ->
        Rest(1),
        Some = element(1, lists:unzip(Old)),
        Changed = lists:zip(Some, Each(Some, reductions)) -- Old,
        Before = maps:from_list(Old),
        Micros = erlang:max(1, Now() - Then),
        Rates = [{(New - Start) * 1000000 div Micros, Pid} || {Pid, {reductions, New}} <- Changed, {_, Start} <- [maps:get(Pid, Before)]],
        Idle = case length(Rates) + length(Sofar) >= Limit of
          true -> [];
          false -> lists:sublist(Some -- element(2, lists:unzip(Rates)), Limit)
        end,
        {Count + length(Some), Best(Rates ++ [{0, Pid} || Pid <- Idle], Sofar)}
      end, {0, []}, Earlier)
  end,
  Rows = lists:append([case erlang:process_info(Pid, [registered_name, initial_call, current_function, status, memory, reductions, message_queue_len]) of
    undefined -> [];
    Info -> [{Pid, Number, Info, Call(Pid, proplists:get_value(memory, Info)), Label(Pid)}]
  end || {Number, Pid} <- Top]),
  {Total, Seen, Matching, Rows}
`;
