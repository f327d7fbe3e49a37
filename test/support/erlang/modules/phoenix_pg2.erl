%% Phoenix.PubSub 2.2 with its adapter PG2 on a node that has no packages, rewritten from what it sends and what ends it: one
%% process for each group, which is registered under the name of the group and joins it. Without macros: it is compiled from its forms.
-module(phoenix_pg2).
-export([start/2, subscribe/2, broadcast/3, direct_broadcast/4, heard/1, workers/0]).

start(Adapter, PoolSize) ->
    {ok, _} = pg:start('Elixir.Phoenix.PubSub'),
    Groups = [Adapter | [suffixed(Adapter, N) || N <- lists:seq(2, PoolSize)]],
    persistent_term:put(phoenix_pg2, list_to_tuple(Groups)),
    Registry = spawn(fun() -> registry(#{}, []) end),
    register(phoenix_pg2_registry, Registry),
    [start_worker(Group) || Group <- Groups],
    ok.

suffixed(Adapter, N) ->
    list_to_atom(atom_to_list(Adapter) ++ "_" ++ integer_to_list(N)).

start_worker(Group) ->
    Caller = self(),
    Pid = spawn(fun() ->
        register(Group, self()),
        ok = pg:join('Elixir.Phoenix.PubSub', Group, self()),
        Caller ! {started, self()},
        worker()
    end),
    receive {started, Pid} -> Pid end.

%% A cast ends the worker, as it has no handle_cast; so does a dispatcher that does not exist once a topic has subscribers.
worker() ->
    receive
        {forward_to_local, Topic, Message, Dispatcher} ->
            phoenix_pg2_registry ! {dispatch, self(), Topic},
            receive
                {subscribers, []} -> ok;
                {subscribers, Names} when Dispatcher =:= 'Elixir.Phoenix.PubSub' ->
                    phoenix_pg2_registry ! {heard, Names, Topic, Message},
                    ok;
                {subscribers, Names} when Dispatcher =:= 'Elixir.Phoenix.Channel.Server' ->
                    #{'__struct__' := 'Elixir.Phoenix.Socket.Broadcast', event := Event, payload := Payload} = Message,
                    phoenix_pg2_registry ! {heard, Names, Topic, {event, Event, Payload}},
                    ok;
                {subscribers, _} -> exit({undef, Dispatcher})
            end,
            worker();
        {'$gen_cast', _} -> exit(no_handle_cast);
        _ -> worker()
    end.

registry(Topics, Heard) ->
    receive
        {subscribe, From, Topic, Name} ->
            From ! subscribed,
            registry(maps:update_with(Topic, fun(Names) -> [Name | Names] end, [Name], Topics), Heard);
        {dispatch, From, Topic} ->
            From ! {subscribers, maps:get(Topic, Topics, [])},
            registry(Topics, Heard);
        {heard, Names, Topic, Message} ->
            registry(Topics, [{Name, Topic, Message} || Name <- Names] ++ Heard);
        {ask, From, Name} ->
            From ! {answer, [{Topic, Message} || {Who, Topic, Message} <- lists:reverse(Heard), Who =:= Name]},
            registry(Topics, Heard)
    end.

subscribe(Name, Topic) ->
    phoenix_pg2_registry ! {subscribe, self(), Topic, Name},
    receive subscribed -> ok end.

heard(Name) ->
    phoenix_pg2_registry ! {ask, self(), Name},
    receive {answer, Heard} -> Heard end.

%% Broadcasts of one process take one group, chosen by its pid.
group() ->
    Groups = persistent_term:get(phoenix_pg2),
    element(1 + erlang:phash2(self(), tuple_size(Groups)), Groups).

broadcast(Topic, Message, Dispatcher) ->
    [Pid ! {forward_to_local, Topic, Message, Dispatcher}
     || Pid <- pg:get_members('Elixir.Phoenix.PubSub', group()), node(Pid) =/= node()],
    ok.

direct_broadcast(Node, Topic, Message, Dispatcher) ->
    {group(), Node} ! {forward_to_local, Topic, Message, Dispatcher},
    ok.

%% How many of them live.
workers() ->
    Groups = tuple_to_list(persistent_term:get(phoenix_pg2)),
    length([Group || Group <- Groups, whereis(Group) =/= undefined]).
