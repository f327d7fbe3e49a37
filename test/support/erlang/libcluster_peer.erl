%% libcluster 3.5 on a node that has no packages: its strategies Gossip and DNSPoll, written anew from what they do to the
%% network and to the node, in the same order and as bluntly. Whatever happens is kept as an event that a test can wait for.
-module(libcluster_peer).
-export([start/1, events/0, await/3]).

%% Starts a topology: #{strategy => gossip | dns_poll, ...} with libcluster's own option names.
start(Config) ->
    ensure_journal(),
    Caller = self(),
    Ref = make_ref(),
    Pid = spawn(fun() -> run(Config, fun(Answer) -> Caller ! {Ref, Answer} end) end),
    Monitor = monitor(process, Pid),
    receive
        {Ref, Answer} -> demonitor(Monitor, [flush]), Answer;
        {'DOWN', Monitor, process, Pid, Reason} -> {error, Reason}
    end.

run(#{strategy := gossip} = Config, Tell) -> gossip(Config, Tell);
run(#{strategy := dns_poll} = Config, Tell) -> Tell(ok), dns_poll(Config, []).

%% ---- Gossip

gossip(Config, Tell) ->
    Port = maps:get(port, Config, 45892),
    Target = address(maps:get(multicast_addr, Config, "233.252.1.32")),
    case gen_udp:open(Port, udp_options(Target, Config)) of
        {ok, Socket} ->
            Tell(ok),
            self() ! heartbeat,
            gossip_loop(Config#{socket => Socket, target => Target, port => Port});
        {error, Reason} ->
            Tell({error, Reason})
    end.

udp_options(Target, Config) ->
    Common = [binary, {active, true}, {reuseaddr, true}, {broadcast, true},
              {ip, address(maps:get(if_addr, Config, "0.0.0.0"))},
              %% SO_REUSEPORT by the numbers of BSD, as libcluster sets it everywhere; Linux takes it for nothing.
              {raw, 16#ffff, 16#0200, <<1:32/native>>}],
    case maps:get(broadcast_only, Config, false) of
        true -> Common;
        false -> Common ++ multicast_options(Target, Config)
    end.

multicast_options(Target, Config) ->
    Shared = [{multicast_ttl, maps:get(multicast_ttl, Config, 1)}, {multicast_loop, true}],
    case maps:get(multicast_if, Config, nil) of
        nil -> [{add_membership, {Target, {0, 0, 0, 0}}} | Shared];
        Text -> [{multicast_if, address(Text)}, {add_membership, {Target, address(Text)}} | Shared]
    end.

gossip_loop(#{socket := Socket, target := Target, port := Port} = Config) ->
    Secret = maps:get(secret, Config, nil),
    receive
        heartbeat ->
            Packet = iolist_to_binary(heartbeat(node(), Secret)),
            Result = gen_udp:send(Socket, Target, Port, Packet),
            event(#{event => <<"sent">>, packet => hex(Packet), result => text(Result)}),
            erlang:send_after(rand:uniform(maps:get(interval, Config, 5000)), self(), heartbeat);
        {udp, Socket, From, _, Packet} ->
            event(#{event => <<"packet">>, packet => hex(Packet), from => list_to_binary(inet:ntoa(From))}),
            %% libcluster lets the strategy crash here and its supervisor start it anew.
            try receive_packet(Packet, Secret)
            catch Class:Reason -> event(#{event => <<"crash">>, reason => text({Class, Reason})})
            end;
        _ ->
            ok
    end,
    gossip_loop(Config).

heartbeat(Node, nil) ->
    ["heartbeat::", term_to_binary(#{node => Node})];
heartbeat(Node, Secret) ->
    Iv = crypto:strong_rand_bytes(16),
    Plain = pad(iolist_to_binary(heartbeat(Node, nil))),
    [Iv, crypto:crypto_one_time(aes_256_cbc, crypto:hash(sha256, Secret), Iv, Plain, true)].

receive_packet(<<"heartbeat::", Term/binary>>, nil) ->
    accept(binary_to_term(Term));
receive_packet(<<Iv:16/binary, Encrypted/binary>>, Secret) when Secret =/= nil ->
    case decrypt(Encrypted, Secret, Iv) of
        {ok, <<"heartbeat::", Term/binary>>} -> accept(binary_to_term(Term));
        _ -> event(#{event => <<"ignored">>, reason => <<"undecryptable">>})
    end;
receive_packet(_, _) ->
    event(#{event => <<"ignored">>, reason => <<"form">>}).

accept(#{node := Node}) when Node =:= node() -> event(#{event => <<"ignored">>, reason => <<"own">>});
accept(#{node := Node}) when is_atom(Node) ->
    event(#{event => <<"heartbeat">>, node => name(Node)}),
    connect_nodes([Node]);
accept(_) -> event(#{event => <<"ignored">>, reason => <<"term">>}).

decrypt(Encrypted, Secret, Iv) ->
    try crypto:crypto_one_time(aes_256_cbc, crypto:hash(sha256, Secret), Iv, Encrypted, false) of
        Padded -> unpad(Padded)
    catch _:_ -> error
    end.

pad(Plain) ->
    Size = 16 - (byte_size(Plain) rem 16),
    <<Plain/binary, (binary:copy(<<Size>>, Size))/binary>>.

unpad(<<>>) -> error;
unpad(Padded) ->
    Size = binary:last(Padded),
    Length = byte_size(Padded) - Size,
    Padding = binary:copy(<<Size>>, Size),
    case Padded of
        <<Plain:Length/binary, Padding:Size/binary>> when Size >= 1, Size =< 16 -> {ok, Plain};
        _ -> error
    end.

%% ---- DNSPoll

dns_poll(Config, Known) ->
    New = lookup(Config),
    event(#{event => <<"poll">>, nodes => [name(Node) || Node <- New]}),
    disconnect_nodes(Known -- New),
    Failed = connect_nodes(New),
    timer:sleep(maps:get(polling_interval, Config, 5000)),
    dns_poll(Config, New -- Failed).

%% An error of the name server is an empty list to inet_res:lookup, and so to libcluster.
lookup(#{query := Query, node_basename := Base, nameserver := {Server, Port}}) ->
    Options = [{nameservers, [{address(Server), Port}]}, {retry, 1}, {timeout, 500}],
    Addresses = lists:append([inet_res:lookup(Query, in, Type, Options) || Type <- [a, aaaa]]),
    Names = [list_to_atom(Base ++ "@" ++ inet:ntoa(Address)) || Address <- Addresses],
    lists:usort(Names) -- [node()].

%% ---- Cluster.Strategy

%% One after the other, each as long as the node takes for it. Gives those that failed.
connect_nodes(Nodes) ->
    lists:filter(fun(Node) -> not connect(Node) end, (Nodes -- nodes(connected)) -- [node()]).

connect(Node) ->
    case net_kernel:connect_node(Node) of
        true -> event(#{event => <<"connected">>, node => name(Node)}), true;
        Other -> event(#{event => <<"connect_failed">>, node => name(Node), reason => text(Other)}), false
    end.

disconnect_nodes(Nodes) ->
    Connected = nodes(connected),
    lists:foreach(fun disconnect/1, [Node || Node <- Nodes, lists:member(Node, Connected)]).

disconnect(Node) ->
    erlang:disconnect_node(Node),
    event(#{event => <<"disconnected">>, node => name(Node)}).

%% ---- The journal

%% All events so far, oldest first, as JSON in hexadecimal digits.
events() ->
    hex(["[", lists:join(",", [json(Event) || Event <- ask(events, infinity)]), "]"]).

%% The first event after number Since that has all of Wanted, once there is one; null when there is none in time.
await(Wanted, Since, Timeout) ->
    case ask({await, Wanted, Since}, Timeout) of
        timeout -> hex("null");
        Event -> hex(json(Event))
    end.

event(Event) ->
    libcluster_journal ! {event, Event},
    ok.

ask(Question, Timeout) ->
    Ref = make_ref(),
    libcluster_journal ! {ask, {self(), Ref}, Question},
    receive {Ref, Answer} -> Answer after Timeout -> timeout end.

ensure_journal() ->
    case whereis(libcluster_journal) of
        undefined -> register(libcluster_journal, spawn(fun() -> journal(0, [], []) end));
        _ -> true
    end.

journal(Count, Events, Waiting) ->
    receive
        {event, Event} ->
            Numbered = Event#{number => Count + 1},
            {Served, Rest} = lists:partition(fun({_, Wish}) -> fits(Numbered, Wish) end, Waiting),
            [answer(From, Numbered) || {From, _} <- Served],
            journal(Count + 1, [Numbered | Events], Rest);
        {ask, From, events} ->
            answer(From, lists:reverse(Events)),
            journal(Count, Events, Waiting);
        {ask, From, {await, Wanted, Since}} ->
            case [Event || Event <- lists:reverse(Events), fits(Event, {Wanted, Since})] of
                [First | _] -> answer(From, First), journal(Count, Events, Waiting);
                [] -> journal(Count, Events, [{From, {Wanted, Since}} | Waiting])
            end
    end.

fits(#{number := Number} = Event, {Wanted, Since}) ->
    Number > Since andalso maps:with(maps:keys(Wanted), Event) =:= Wanted.

answer({Pid, Ref}, Answer) -> Pid ! {Ref, Answer}.

%% ---- Text

address(Text) ->
    {ok, Address} = inet:parse_address(Text),
    Address.

name(Node) -> atom_to_binary(Node, utf8).

text(Term) -> unicode:characters_to_binary(io_lib:format("~0tp", [Term])).

hex(Data) ->
    << <<(hex_digit(High)), (hex_digit(Low))>> || <<High:4, Low:4>> <= iolist_to_binary(Data) >>.

hex_digit(Value) when Value < 10 -> $0 + Value;
hex_digit(Value) -> $a + Value - 10.

json(Map) when is_map(Map) ->
    ["{", lists:join(",", [[json(name(Key)), ":", json(Value)] || {Key, Value} <- maps:to_list(Map)]), "}"];
json(List) when is_list(List) -> ["[", lists:join(",", [json(Item) || Item <- List]), "]"];
json(Number) when is_integer(Number) -> integer_to_list(Number);
json(Text) when is_binary(Text) -> [$", [escape(Byte) || <<Byte>> <= Text], $"].

escape($") -> "\\\"";
escape($\\) -> "\\\\";
escape(Byte) when Byte < 32 -> io_lib:format("\\u~4.16.0b", [Byte]);
escape(Byte) -> Byte.
