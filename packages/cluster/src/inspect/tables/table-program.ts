/**
 * How a node tells its ETS tables and the rows of one, in Erlang. The tables are taken in chunks, of which only the largest are kept;
 * rows are read only as far as they are shown, and fewer of them if they are large. A key is never part of a pattern, in which it could
 * mean something else. Pure.
 */

/** No more than this is copied out of a table for one answer, by the average size of its rows. */
export const maxCopiedBytes: number = 16 * 1024 * 1024;
/** A bag is looked into by key only if it is not larger: all rows of the key are copied. */
export const maxBagBytes: number = 64 * 1024 * 1024;
export const maxRowCharacters = 500;

/** `Sort` is `memory` or `size`. Answers `{Total, Bytes, Rows}`; each row is `{Shown, Info}`. */
export const tablesBody: string = `
  All = ets:all(),
  Total = length(All),
  Chunks = (fun
    Split(0, _, Done) -> lists:reverse(Done);
    Split(Left, Others, Done) ->
      Size = erlang:min(1000, Left),
      {Head, Tail} = lists:split(Size, Others),
      Split(Left - Size, Tail, [Head | Done])
  end)(erlang:min(Total, Most), lists:sublist(All, Most), []),
  Top = lists:foldl(fun(Some, Sofar) ->
    Rest(1),
    Sizes = lists:zipwith(fun ets:info/2, Some, lists:duplicate(length(Some), Sort)),
    Alive = case lists:member(undefined, Sizes) of
      true -> [Row || {Number, _} = Row <- lists:zip(Sizes, Some), is_integer(Number)];
      false -> lists:zip(Sizes, Some)
    end,
    lists:sublist(lists:reverse(lists:sort(Alive ++ Sofar)), Limit)
  end, [], Chunks),
  Shown = fun
    (Table) when is_reference(Table) -> list_to_binary(ref_to_list(Table));
    (Table) -> Table
  end,
  Items = [name, type, protection, owner, size, memory, keypos, heir, named_table, compressed],
  Rows = lists:append([case ets:info(Table) of
    undefined -> [];
    Info -> [{Shown(Table), [Item || {Name, _} = Item <- Info, lists:member(Name, Items)]}]
  end || {_, Table} <- Top]),
  {Total, erlang:system_info(wordsize), Rows}
`;

/** `Sought`: `{ok, Key}` by what was asked for, `{term, Key}`, or a pid, reference or port as its node prints it; or `all`. */
export const seeking: string = `
  Sought = case Wanted of
    all -> all;
    {term, Given} -> {ok, Given};
    {pid, Given} -> Try(fun() -> list_to_pid(Given) end);
    {reference, Given} -> Try(fun() -> list_to_ref(Given) end);
    {port, Given} -> Try(fun() -> list_to_port(Given) end)
  end,
`;

/**
 * `Name` is the text of a table: its name or its reference. With a key its rows are looked up; in a bag, where one key may have any
 * number of them, only if the whole table is small. Answers `gone`, `private`, `{large, Bytes}`, `{large_bag, Bytes}`,
 * `{Size, Count, Rows}`, or `{Size, Count, Rows, Found}`.
 */
export const rowsBody: string = `
  Table = case Name of
    <<"#Ref<", _/binary>> -> list_to_ref(binary_to_list(Name));
    _ -> try binary_to_existing_atom(Name, utf8) catch error:badarg -> undefined end
  end,
${seeking}
  Info = try ets:info(Table) catch error:badarg -> undefined end,
  case Info of
    undefined -> gone;
    _ ->
      Size = proplists:get_value(size, Info),
      Bytes1 = proplists:get_value(memory, Info) * erlang:system_info(wordsize),
      Average = erlang:max(1, Bytes1 div erlang:max(1, Size)),
      Count = erlang:max(1, erlang:min(Limit, ${maxCopiedBytes} div Average)),
      IsBag = lists:member(proplists:get_value(type, Info), [bag, duplicate_bag]),
      case proplists:get_value(protection, Info) of
        private -> private;
        _ when Sought =/= all, IsBag, Bytes1 > ${maxBagBytes} -> {large_bag, Bytes1};
        _ when Average > ${maxCopiedBytes} -> {large, Average};
        _ when Sought =/= all ->
          Matches = case Sought of {ok, Key} -> ets:lookup(Table, Key); _ -> [] end,
          {Size, Limit, [Text(Row, 20, ${maxRowCharacters}) || Row <- lists:sublist(Matches, Limit)], length(Matches)};
        _ ->
          Rows = case ets:select(Table, [{'$1', [], ['$1']}], Count) of
            '$end_of_table' -> [];
            {Found, _} -> Found
          end,
          {Size, Count, [Text(Row, 20, ${maxRowCharacters}) || Row <- Rows]}
      end
  end
`;
