/**
 * What the entry evaluates for us, in Erlang. Both programs end by themselves and leave nothing: no process, no name, no
 * subscription, no connection, no line in a log. They use only what OTP 23 and later have on every node.
 */

/**
 * Waits until the connections of the entry are others than at the last answer (`Known`), at most `Wait` milliseconds, and
 * answers `same`, or `{Hash, Visible, Hidden, Changed}`: `Changed` are the nodes that came or went meanwhile, so that one that
 * has restarted is noticed. Ends with `Owner`, a process of ours. `Max` bounds each list.
 */
export const listenProgram = `
(fun() ->
  group_leader(whereis(init), self()),
  Monitor = erlang:monitor(process, Owner),
  net_kernel:monitor_nodes(true, [{node_type, all}]),
  Look = fun() ->
    Names = [lists:sort(nodes(Kind) -- [node(Owner)]) || Kind <- [visible, hidden]],
    {erlang:phash2(Names, 134217728), Names}
  end,
  Cut = fun(Names) -> lists:sublist(Names, Max) end,
  Events = fun Events(Pause, Seen, Room) ->
    receive
      {'DOWN', Monitor, process, _, _} -> [];
      {_, Node, _} when is_atom(Node), Room > 0 -> Events(100, [Node | Seen], Room - 1)
    after Pause -> lists:usort(Seen)
    end
  end,
  Answer = fun(Changed) ->
    case Look() of
      {Known, _} when Changed =:= [] -> same;
      {Hash, [Visible, Hidden]} -> {Hash, Cut(Visible), Cut(Hidden), Changed}
    end
  end,
  case Look() of
    {Known, _} -> Answer(Events(Wait, [], Max));
    _ -> Answer([])
  end
end)().
`;

/**
 * Calls one function on several nodes at once, over connections that the entry has: a node that it is not connected to is
 * `absent`, which is checked right before the request, because requests connect. Answers a list of `{Node, Outcome}`; an outcome is
 * `{ok, Value}`, `too_big` (above `Max` bytes), `undef` (the node has no such function), `{failed, Text}`, or an atom such as
 * `timeout`. With `Compare`, the value starts with two lists of nodes, which are compared with the connections of the
 * entry: `[Missing, MoreVisible, MoreHidden | Rest]`, each list at most `Compare` long.
 */
export const askProgram = `
(fun() ->
  group_leader(whereis(init), self()),
  process_flag(max_heap_size, #{size => 16000000, kill => true, error_logger => false}),
  End = erlang:monotonic_time(millisecond) + Timeout,
  Seen = [node() | nodes()],
  All = [node() | nodes(connected)],
  Send = fun(Node) ->
    case Node =:= node() orelse lists:member(Node, nodes(connected)) of
      true -> {Node, {sent, erpc:send_request(Node, Module, Function, Args)}};
      false -> {Node, absent}
    end
  end,
  Shape = fun
    (_, Value) when Compare =:= false -> Value;
    (Node, [Visible, Hidden | Rest]) ->
      Cut = fun(Names) -> lists:sublist(Names, Compare) end,
      [Cut(Seen -- [Node | Visible]), Cut(Visible -- All), Cut(Hidden -- All) | Rest]
  end,
  Bound = fun(Value) ->
    case erlang:external_size(Value) > Max of
      true -> too_big;
      false -> {ok, Value}
    end
  end,
  Text = fun(Reason) ->
    {failed, unicode:characters_to_binary(io_lib:format("~0tP", [Reason, 10], [{chars_limit, 300}]))}
  end,
  Receive = fun
    ({Node, {sent, Id}}) ->
      Left = erlang:max(0, End - erlang:monotonic_time(millisecond)),
      {Node, try Bound(Shape(Node, erpc:receive_response(Id, Left)))
        catch
          error:{exception, undef, [{Module, Function, _, _} | _]} -> undef;
          error:{exception, Reason, _} -> Text(Reason);
          error:{erpc, Reason} when is_atom(Reason) -> Reason;
          _:Reason -> Text(Reason)
        end};
    (Absent) -> Absent
  end,
  [Receive(Sent) || Sent <- [Send(Node) || Node <- Nodes]]
end)().
`;
