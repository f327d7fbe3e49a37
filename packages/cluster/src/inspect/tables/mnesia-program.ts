/**
 * How a node tells its Mnesia tables and the rows of one, in Erlang. Mnesia is asked only where it runs, so that it is not loaded by the
 * question. Rows are read dirty: no lock is taken, and a table of another node is read there, in one call with a limit,
 * after that node has told how large it is. Pure.
 */

import { maxBagBytes, maxCopiedBytes, maxRowCharacters, seeking } from './table-program.ts';

export const maxMnesiaTables = 500;

const tableItems = [
  'type',
  'size',
  'memory',
  'storage_type',
  'ram_copies',
  'disc_copies',
  'disc_only_copies',
  'where_to_read',
  'attributes',
  'record_name',
  'local_content',
] as const;

const systemItems = [
  'is_running',
  'directory',
  'use_dir',
  'db_nodes',
  'running_db_nodes',
  'transaction_commits',
  'transaction_failures',
  'transaction_restarts',
  'version',
] as const;

/** Answers `not_running`, or `{System, Wordsize, Total, [{Table, Info}]}`. */
export const mnesiaBody: string = `
  case whereis(mnesia_sup) of
    undefined -> not_running;
    _ ->
      System = [{Name, Value} || Name <- [${systemItems.join(', ')}],
        {ok, Value} <- [try {ok, mnesia:system_info(Name)} catch _:_ -> none end]],
      Tables = mnesia:system_info(tables),
      Some = lists:sublist(lists:sort(Tables), ${maxMnesiaTables}),
      {System, erlang:system_info(wordsize), length(Tables), [{Table, [{Name, Value} || Name <- [${tableItems.join(', ')}],
        {ok, Value} <- [try {ok, mnesia:table_info(Table, Name)} catch _:_ -> none end]]} || Table <- Some]}
  end
`;

/**
 * `Name` is a table as a binary, `Wanted` see `seeking`. Answers `not_running`, `gone`, `unreachable`, `{large, Bytes}`,
 * `{large_bag, Bytes}`, `{Size, Count, Rows}`, or `{Size, Count, Rows, Found}`.
 */
export const mnesiaRowsBody: string = `
  Table = try binary_to_existing_atom(Name, utf8) catch error:badarg -> undefined end,
${seeking}
  case whereis(mnesia_sup) of
    undefined -> not_running;
    _ ->
      case lists:member(Table, mnesia:system_info(tables)) of
        false -> gone;
        true ->
          Reader = mnesia:table_info(Table, where_to_read),
          Of = fun(Item) ->
            case Reader =:= node() of
              true -> mnesia:table_info(Table, Item);
              false ->
                case rpc:call(Reader, mnesia, table_info, [Table, Item], 1000) of
                  {badrpc, _} -> throw({no_answer_of, Reader});
                  Told -> Told
                end
            end
          end,
          IsThere = Reader =/= nowhere,
          Size = case IsThere of true -> Of(size); false -> 0 end,
          Unit = case IsThere andalso Of(storage_type) of disc_only_copies -> 1; _ -> erlang:system_info(wordsize) end,
          Bytes1 = case IsThere of true -> Of(memory) * Unit; false -> 0 end,
          Average = erlang:max(1, Bytes1 div erlang:max(1, Size)),
          Count = erlang:max(1, erlang:min(Limit, ${maxCopiedBytes} div Average)),
          Shown = fun(Found) -> [Text(Row, 20, ${maxRowCharacters}) || Row <- lists:sublist(Found, Limit)] end,
          Dirty = fun(Ask) -> mnesia:activity(async_dirty, Ask) end,
          IsBag = mnesia:table_info(Table, type) =:= bag,
          if
            not IsThere -> unreachable;
            Sought =/= all, IsBag, Bytes1 > ${maxBagBytes} -> {large_bag, Bytes1};
            Average > ${maxCopiedBytes} -> {large, Average};
            Sought =/= all ->
              Matches = case Sought of {ok, Key} -> Dirty(fun() -> mnesia:read(Table, Key, read) end); _ -> [] end,
              {Size, Limit, Shown(Matches), length(Matches)};
            true ->
              Rows = case Dirty(fun() -> mnesia:select(Table, [{'$1', [], ['$1']}], Count, read) end) of
                '$end_of_table' -> [];
                {Found, _} -> Found
              end,
              {Size, Count, Shown(Rows)}
          end
      end
  end
`;
