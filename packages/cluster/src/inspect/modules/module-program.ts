/**
 * How a node tells its loaded modules and one of them, in Erlang. Nothing is loaded by it: a module that is not loaded is said to be
 * `gone`. Who runs old code is asked of the processes themselves, by requests that need no garbage collection and are not waited for
 * where a process is busy. Pure.
 */

import { chunking, matching } from '../asking/chunks.ts';

export const maxShown = { exports: 2000, attributes: 50, documents: 10, processes: 100 } as const;
export const maxDocCharacters = 8000;
/** How long a thousand processes may take to tell whether they run old code, in milliseconds. */
const checkMs = 200;

/** `Vsn(Module)`: the `vsn` attribute of a module, or `undefined`. */
const version = `
  Vsn = fun(Of) ->
    try lists:keyfind(vsn, 1, erlang:get_module_info(Of, attributes)) of {vsn, Found} -> Found; _ -> undefined
    catch _:_ -> undefined end
  end,
  Sum = fun(Of) -> try erlang:get_module_info(Of, md5) catch _:_ -> undefined end end,
  File = fun
    (Where) when is_list(Where) -> try unicode:characters_to_binary(Where) catch _:_ -> undefined end;
    (Where) -> Where
  end,
`;

/** `OldOnly`: only modules with old code. Answers `{Total, Old, Matching, [{Module, File, Md5, Vsn, IsOld}]}`. */
export const modulesBody: string = `
${chunking}
${matching}
${version}
  All = code:all_loaded(),
  {Old, Matching, Kept} = lists:foldl(fun(Some, {OldCount, Count, Sofar}) ->
    Rest(1),
    Checked = lists:zip(Some, lists:map(fun erlang:check_old_code/1, element(1, lists:unzip(Some)))),
    Olds = [One || {_, true} = One <- Checked],
    Wanted = case OldOnly of true -> Olds; false -> Checked end,
    Found = case Needle of
      false -> Wanted;
      _ -> [One || {{Module, _}, _} = One <- Wanted, Hits(atom_to_binary(Module, utf8))]
    end,
    {OldCount + length(Olds), Count + length(Found), lists:sublist(lists:sort(Found ++ Sofar), Limit)}
  end, {0, 0, []}, Chunked(All, length(All))),
  {length(All), Old, Matching, [{Module, File(Where), Sum(Module),
    case Vsn(Module) of undefined -> undefined; Version -> Text(Version, 5, 100) end, IsOld} || {{Module, Where}, IsOld} <- Kept]}
`;

/**
 * `Name` is the name of a module as a binary, with or without `Elixir.`, `Doc` is `{Function, Arity}` or `false`, with `any` for each
 * arity, and `Who` the number of processes to ask whether they run old code. Answers `gone`, or a list of `{Name, Value}`.
 */
export const moduleBody: string = `
${chunking}
${version}
  Existing = fun(Text1) ->
    try binary_to_existing_atom(Text1, utf8) of
      Atom -> case erlang:module_loaded(Atom) of true -> [Atom]; false -> [] end
    catch error:badarg -> [] end
  end,
  Info = fun(Of, Item) -> try erlang:get_module_info(Of, Item) of List when is_list(List) -> List; _ -> [] catch _:_ -> [] end end,
  Flat = fun
    Flat(Words) when is_binary(Words) -> Words;
    Flat({Tag, _, Inside}) ->
      [case Tag of li -> "- "; _ -> "" end, Flat(Inside),
       case lists:member(Tag, [p, li, pre, 'div', dt, dd, h1, h2, h3, h4, h5, h6]) of true -> "\\n\\n"; false -> "" end];
    Flat(List) when is_list(List) -> [Flat(One) || One <- List];
    Flat(_) -> ""
  end,
  Words = fun
    (#{<<"en">> := Content}) -> string:slice(unicode:characters_to_binary(Flat(Content)), 0, ${maxDocCharacters});
    (hidden) -> hidden;
    (_) -> none
  end,
  Documents = fun(Of, {Function, Arity}) ->
    case code:get_doc(Of) of
      {ok, {docs_v1, _, _, _, _, _, Entries}} ->
        {ok, lists:sublist([{Kind, Called, Args, [One || One <- Signature, is_binary(One)], Words(Content)}
          || {{Kind, Called, Args}, _, Signature, Content, _} <- Entries, lists:member(Kind, [function, macro]),
          atom_to_binary(Called, utf8) =:= Function, Arity =:= any orelse Args =:= Arity], ${maxShown.documents})};
      {error, Why} -> {missing, Text(Why, 10, 200)}
    end
  end,
  Collect = fun
    Collect(0, _, Done) -> Done;
    Collect(Left, Until, Done) ->
      receive {check_process_code, Of, Result} -> Collect(Left - 1, Until, [{Result, Of} | Done])
      after erlang:max(0, Until - erlang:monotonic_time(millisecond)) -> Done end
  end,
  Runners = fun(Of) ->
    All = erlang:processes() -- Ours,
    Pids = lists:sublist(All, Who),
    Told = lists:foldl(fun(Some, Sofar) ->
      Rest(1),
      lists:foreach(fun(Pid) -> erlang:check_process_code(Pid, Of, [{async, Pid}, {allow_gc, false}]) end, Some),
      Collect(length(Some), erlang:monotonic_time(millisecond) + ${checkMs}, []) ++ Sofar
    end, [], Chunked(Pids, Who)),
    Running = [Pid || {true, Pid} <- Told],
    Clear = length([Pid || {false, Pid} <- Told]),
    {length(All), length(Pids), length(Pids) - length(Running) - Clear, length(Running),
     [{Pid, case erlang:process_info(Pid, registered_name) of {_, Known} -> Known; _ -> undefined end}
       || Pid <- lists:sublist(Running, ${maxShown.processes})]}
  end,
  case Existing(Name) ++ Existing(<<"Elixir.", Name/binary>>) of
    [] -> gone;
    [Module | _] ->
      Exports = lists:sort(Info(Module, exports)),
      Attributes = lists:keydelete(vsn, 1, Info(Module, attributes)),
      IsOld = erlang:check_old_code(Module),
      [{module, Module},
       {file, case code:is_loaded(Module) of {file, Where} -> File(Where); _ -> undefined end},
       {md5, Sum(Module)},
       {vsn, case Vsn(Module) of undefined -> undefined; Version -> Text(Version, 5, 100) end},
       {exports, {length(Exports), lists:sublist(Exports, ${maxShown.exports})}},
       {attributes, [{Item, Text(Value, 10, 300)} || {Item, Value} <- lists:sublist(Attributes, ${maxShown.attributes})]},
       {compile, [{Item, Text(Value, 10, 300)} || {Item, Value} <- lists:sublist(Info(Module, compile), 20)]},
       {old, IsOld},
       {runners, case IsOld andalso Who > 0 of true -> Runners(Module); false -> unasked end},
       {docs, case Doc of false -> unasked; _ -> Try(fun() -> Documents(Module, Doc) end) end}]
  end
`;

/** Answers the MD5 sum of all pairs of a module and its MD5 sum. */
export const fingerprintBody: string = `
  Modules = lists:sort([Module || {Module, _} <- code:all_loaded(), erlang:module_loaded(Module)]),
  Sums = lists:zipwith(fun erlang:get_module_info/2, Modules, lists:duplicate(length(Modules), md5)),
  {length(Modules), erlang:md5(term_to_binary(lists:zip(Modules, Sums)))}
`;

/** Answers `[{Module, Md5}]` of all modules. */
export const sumsBody: string = `
  Modules = lists:sort([Module || {Module, _} <- code:all_loaded(), erlang:module_loaded(Module)]),
  lists:zip(Modules, lists:zipwith(fun erlang:get_module_info/2, Modules, lists:duplicate(length(Modules), md5)))
`;

/** `Modules` are names. Answers `[{Module, Vsn}]`, in which `Vsn` is an integer that the compiler made, or `undefined`. */
export const versionsBody: string = `
${version}
  [{Module, case Vsn(Module) of [Number] when is_integer(Number), Number > 16#ffffffffffffffff -> Number; _ -> undefined end}
    || Module <- Modules, erlang:module_loaded(Module)]
`;
