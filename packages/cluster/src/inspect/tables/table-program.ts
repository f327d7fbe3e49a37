/**
 * How a node tells its ETS tables and the rows of one, in Erlang. The tables are taken in chunks, of which only the largest are kept;
 * rows are read only as far as they are shown, and fewer of them if they are large. Pure.
 */

/** No more than this is copied out of a table for one answer, by the average size of its rows. */
export const maxCopiedBytes: number = 16 * 1024 * 1024;
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

/** `Name` is the text of a table: its name or its reference. Answers `gone`, `private`, `{large, Bytes}`, or `{Size, Count, Rows}`. */
export const rowsBody: string = `
  Table = case Name of
    <<"#Ref<", _/binary>> -> list_to_ref(binary_to_list(Name));
    _ -> try binary_to_existing_atom(Name, utf8) catch error:badarg -> undefined end
  end,
  Info = try ets:info(Table) catch error:badarg -> undefined end,
  case Info of
    undefined -> gone;
    _ ->
      Size = proplists:get_value(size, Info),
      Bytes1 = proplists:get_value(memory, Info) * erlang:system_info(wordsize),
      Average = erlang:max(1, Bytes1 div erlang:max(1, Size)),
      Count = erlang:max(1, erlang:min(Limit, ${maxCopiedBytes} div Average)),
      case proplists:get_value(protection, Info) of
        private -> private;
        _ when Average > ${maxCopiedBytes} -> {large, Average};
        _ ->
          Rows = case ets:select(Table, [{'$1', [], ['$1']}], Count) of
            '$end_of_table' -> [];
            {Found, _} -> Found
          end,
          {Size, Count, [Text(Row, 20, ${maxRowCharacters}) || Row <- Rows]}
      end
  end
`;
