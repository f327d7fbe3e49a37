/**
 * How a node tells the names of its processes, the names of `global`, and the groups of `pg`, in Erlang. All are read from tables, so no
 * process is asked. A scope of `pg` is a process that has a table of its own name, and was started by `pg`, or since OTP 29 by
 * `data_publisher`. Pure.
 */

import { chunking, matching } from '../asking/chunks.ts';

/** No more names, and no more groups of a scope, are looked at for one answer. */
export const maxNames = 100_000;
export const maxScopes = 50;

/** Answers `{Registered, {ok, Global} | {failed, Text}}`, each `{Total, Matching, [{Name, Pid}]}`. */
export const namesBody: string = `
${chunking}
${matching}
  Pick = fun(All, Shown) ->
    lists:foldl(fun(Some, {Count, Sofar}) ->
      Rest(1),
      Kept = case Needle of false -> Some; _ -> [One || One <- Some, Hits(Shown(One))] end,
      {Count + length(Kept), lists:sublist(lists:sort(Kept ++ Sofar), Limit)}
    end, {0, []}, Chunked(All, ${maxNames}))
  end,
  Written = fun(Name) -> Text(Name, 10, 200) end,
  Names = erlang:registered(),
  {Matching, Top} = Pick(Names, fun(Name) -> atom_to_binary(Name, utf8) end),
  Global = Try(fun() ->
    Known = global:registered_names(),
    {Count, First} = Pick(Known, Written),
    {length(Known), Count, [{Written(Name), global:whereis_name(Name)} || Name <- First]}
  end),
  {{length(Names), Matching, [{Name, whereis(Name)} || Name <- Top]}, Global}
`;

/** `Members` bounds the pids of one group. Answers `[{Scope, Total, Matching, [{Group, Count, Pids}]}]`, the largest groups first. */
export const groupsBody: string = `
${chunking}
${matching}
  IsScope = fun(Name) ->
    case whereis(Name) of
      Pid when is_pid(Pid) ->
        ets:info(Name, owner) =:= Pid andalso
          lists:member(proc_lib:translate_initial_call(Pid), [{pg, init, 1}, {data_publisher, init, 1}]);
      _ -> false
    end
  end,
  Named = [Name || Name <- lists:sublist(erlang:registered(), ${maxNames}), ets:whereis(Name) =/= undefined],
  Scopes = lists:sublist(lists:sort([Name || Name <- Named, IsScope(Name)]), ${maxScopes}),
  Of = fun(Scope) ->
    Groups = pg:which_groups(Scope),
    {Count, Top} = lists:foldl(fun(Some, {Sum, Sofar}) ->
      Rest(1),
      Kept = case Needle of false -> Some; _ -> [One || One <- Some, Hits(Text(One, 10, 200))] end,
      Lengths = lists:map(fun erlang:length/1, lists:zipwith(fun pg:get_members/2, lists:duplicate(length(Kept), Scope), Kept)),
      {Sum + length(Kept), lists:sublist(lists:reverse(lists:sort(lists:zip(Lengths, Kept) ++ Sofar)), Limit)}
    end, {0, []}, Chunked(Groups, ${maxNames})),
    {Scope, length(Groups), Count, [{Text(Group, 10, 200), Size, lists:sublist(pg:get_members(Scope, Group), Members)} || {Size, Group} <- Top]}
  end,
  [Found || Scope <- Scopes, {ok, Found} <- [Try(fun() -> Of(Scope) end)]]
`;
