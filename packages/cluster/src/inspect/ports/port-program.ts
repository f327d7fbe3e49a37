/**
 * How a node tells its ports and its sockets of the module `socket`, in Erlang. Counters come first, in chunks; names, owners and
 * addresses only of what is shown, unless they are searched. No fun is made in a loop: `erl_eval` walks through the body of each. Bytes of a TCP or UDP port are those of `inet:getstat`: what
 * `erlang:port_info` counts for one are requests to the driver. Addresses are asked only of these ports, because `port_control` would
 * mean something else to other drivers. Pure.
 */

import { chunking, matching } from '../asking/chunks.ts';
import { naming } from '../processes/list-program.ts';

/** No more ports, and no more sockets, are looked at for one answer. */
export const maxPorts = 50_000;

/**
 * `Stat`, `Item` and `Counter` are what to sort by: of a TCP or UDP port, of another port, and of a socket. `Wanted` is a port number
 * or `false`, `Needle` text in lower case or `false`. Answers `{Total, Seen, Matching, Rows}`; a row is `{Kind, Handle, Name, Owner,
 * OwnerName, OwnerCall, Local, Remote, {Input, Output, Queue}, OsPid}`, and an address `{Text, Number}` or `none`.
 */
export const portsBody: string = `
${naming}
${chunking}
${matching}
  Ports = erlang:ports(),
  Sockets = case code:is_loaded(socket) of
    false -> [];
    _ -> try socket:which_sockets() catch _:_ -> [] end
  end,
  Drivers = ["tcp_inet", "udp_inet", "sctp_inet"],
  Path = fun(Where) ->
    try iolist_to_binary(Where) of <<>> -> none; Bytes1 -> {Bytes1, none} catch _:_ -> none end
  end,
  Internet = fun(Ip, Number) ->
    case inet:ntoa(Ip) of {error, _} -> none; Written -> {list_to_binary(Written), Number} end
  end,
  Address = fun
    ({ok, {local, Where}}) -> Path(Where);
    ({ok, #{path := Where}}) -> Path(Where);
    ({ok, {Ip, Number}}) -> Internet(Ip, Number);
    ({ok, #{addr := Ip, port := Number}}) -> Internet(Ip, Number);
    (_) -> none
  end,
  Ends = fun
    ({socket, Socket, _}) ->
      {Address(try socket:sockname(Socket) catch _:_ -> none end), Address(try socket:peername(Socket) catch _:_ -> none end)};
    ({port, Port, Driver}) ->
      case lists:member(Driver, Drivers) of
        true -> {Address(inet:sockname(Port)), Address(inet:peername(Port))};
        false -> {none, none}
      end
  end,
  Info = fun(Socket) -> case try socket:info(Socket) catch _:_ -> #{} end of #{} = Map -> Map; _ -> #{} end end,
  Counted = fun(Map, Name) ->
    case maps:get(counters, Map, #{}) of
      #{Name := Number} when is_integer(Number) -> Number;
      Pairs when is_list(Pairs) -> proplists:get_value(Name, Pairs, 0);
      _ -> 0
    end
  end,
  Called = fun
    ({port, _, Driver}) -> try unicode:characters_to_binary(lists:sublist(Driver, 200)) catch _:_ -> <<>> end;
    ({socket, _, Map}) ->
      [First | More] = [Text(maps:get(Key1, Map, unknown), 5, 30) || Key1 <- [domain, type, protocol]],
      iolist_to_binary([First | [[" ", One] || One <- More]])
  end,
  Owner = fun
    ({port, Port, _}) -> case erlang:port_info(Port, connected) of {_, Pid} -> Pid; _ -> undefined end;
    ({socket, _, Map}) -> maps:get(owner, Map, undefined)
  end,
  Registered = fun(Pid) ->
    case is_pid(Pid) andalso node(Pid) =:= node() andalso erlang:process_info(Pid, registered_name) of
      {_, Name} -> Name;
      _ -> undefined
    end
  end,
  NameOf = fun(Pid) -> case Registered(Pid) of undefined -> <<>>; Known -> atom_to_binary(Known, utf8) end end,
  Written = fun
    (none) -> <<>>;
    ({Host, none}) -> Host;
    ({Host, Number}) -> iolist_to_binary([Host, ":", integer_to_list(Number)])
  end,
  Has = fun({_, Number}) -> Number =:= Wanted; (none) -> false end,
  Keeps = case {Wanted, Needle} of
    {false, false} -> fun(_) -> true end;
    _ ->
      fun(One) ->
        {Local, Remote} = Ends(One),
        (Wanted =:= false orelse Has(Local) orelse Has(Remote)) andalso
          lists:any(Hits, [Called(One), Written(Local), Written(Remote), NameOf(Owner(One))])
      end
  end,
  Each = fun(Ask, Some, Item1) -> lists:zipwith(Ask, Some, lists:duplicate(length(Some), Item1)) end,
  IsInternet = fun({_, Driver}) -> lists:member(Driver, Drivers) end,
  Handles = fun(List) -> element(1, lists:unzip(List)) end,
  Measured = fun
    (port, Some) ->
      Named = [{Port, Driver} || {Port, {name, Driver}} <- lists:zip(Some, Each(fun erlang:port_info/2, Some, name))],
      {Inet, Other} = lists:partition(IsInternet, Named),
      [{Number, {port, Port, Driver}} || {{Port, Driver}, {ok, [{_, Number}]}}
        <- lists:zip(Inet, Each(fun inet:getstat/2, Handles(Inet), [Stat]))] ++
      [{Number, {port, Port, Driver}} || {{Port, Driver}, {_, Number}}
        <- lists:zip(Other, Each(fun erlang:port_info/2, Handles(Other), Item))];
    (socket, Some) -> [{Counted(Map, Counter), {socket, Socket, Map}} || Socket <- Some, Map <- [Info(Socket)]]
  end,
  Sweep = fun(Kind, List, Start) ->
    lists:foldl(fun(Some, {Count, Sofar}) ->
      Rest(1),
      Kept = [One || {_, Which} = One <- Measured(Kind, Some), Keeps(Which)],
      {Count + length(Kept), lists:sublist(lists:reverse(lists:sort(Kept ++ Sofar)), Limit)}
    end, Start, Chunked(List, ${maxPorts}))
  end,
  {Matching, Top} = Sweep(socket, Sockets, Sweep(port, Ports, {0, []})),
  Shown = fun
    ({'$socket', Reference}) -> iolist_to_binary(["#Socket", lists:nthtail(4, ref_to_list(Reference))]);
    (Other) -> Text(Other, 5, 100)
  end,
  Stated = fun(Port, Driver, Stat1, Item1) ->
    Asked = case lists:member(Driver, Drivers) of
      true -> try inet:getstat(Port, [Stat1]) catch _:_ -> gone end;
      false -> erlang:port_info(Port, Item1)
    end,
    case Asked of {ok, [{_, Number}]} -> Number; {_, Number} when is_integer(Number) -> Number; _ -> undefined end
  end,
  Rows = [begin
    {Local, Remote} = Ends(One),
    Pid = Owner(One),
    Memory = case is_pid(Pid) andalso node(Pid) =:= node() andalso erlang:process_info(Pid, memory) of {_, Words} -> Words; _ -> undefined end,
    {Handle, Numbers, OsPid} = case One of
      {port, Port, Driver} ->
        {Port, {Stated(Port, Driver, recv_oct, input), Stated(Port, Driver, send_oct, output), Stated(Port, Driver, send_pend, queue_size)},
          case erlang:port_info(Port, os_pid) of {_, System} -> System; _ -> undefined end};
      {socket, Socket, Map} ->
        {Shown(Socket), {Counted(Map, read_byte), Counted(Map, write_byte), undefined}, undefined}
    end,
    {element(1, One), Handle, Called(One), Pid, Registered(Pid),
      case Memory of undefined -> undefined; _ -> Call(Pid, Memory) end, Local, Remote, Numbers, OsPid}
  end || {_, One} <- Top],
  {length(Ports) + length(Sockets), erlang:min(length(Ports), ${maxPorts}) + erlang:min(length(Sockets), ${maxPorts}), Matching, Rows}
`;
