%% The Erlang side of the benches: an echo process, a sink, and the client loops that the TypeScript side has too.
-module(convoy_bench).
-export([start/0, echo_loop/0, sink_loop/1, one_way/3, echo/4, echo_quantiles/2, start_flood/1, stop_flood/1, binaries/4,
         calls/2, identity/1]).

%% Registers `bench_echo` and `bench_sink`.
start() ->
    register(bench_echo, spawn(?MODULE, echo_loop, [])),
    register(bench_sink, spawn(?MODULE, sink_loop, [0])),
    ok.

identity(X) -> X.

echo_loop() ->
    receive {From, Message} -> From ! {echo, Message}, echo_loop() end.

sink_loop(Count) ->
    receive
        {sync, From} -> From ! {synced, Count}, sink_loop(0);
        _ -> sink_loop(Count + 1)
    end.

%% Microseconds to send Count messages to the sink of Node, until it says that it has them all.
one_way(Node, Count, Pids) when is_list(Pids) ->
    [Sink | _] = Pids,
    Started = erlang:monotonic_time(microsecond),
    blast(Sink, Count),
    Sink ! {sync, self()},
    receive {synced, Count} -> ok end,
    _ = Node,
    erlang:monotonic_time(microsecond) - Started.

blast(_, 0) -> ok;
blast(To, N) -> To ! {message, N, <<"small">>}, blast(To, N - 1).

%% Sends small messages to Sink until stop_flood/1.
start_flood(Sink) -> spawn(fun() -> flood(Sink, 0) end).

flood(Sink, N) ->
    receive stop -> ok
    after 0 -> Sink ! {message, N, <<"small">>}, flood(Sink, N + 1)
    end.

stop_flood(Pid) -> exit(Pid, kill).

%% The median and the 99th percentile of Count round trips one after another, in nanoseconds.
echo_quantiles(To, Count) ->
    Times = lists:sort([begin
        T = erlang:monotonic_time(nanosecond),
        To ! {self(), hello},
        receive {echo, _} -> erlang:monotonic_time(nanosecond) - T end
    end || _ <- lists:seq(1, Count)]),
    {lists:nth(Count div 2, Times), lists:nth(Count * 99 div 100, Times)}.

%% Count echoes with Window outstanding: {Microseconds, sorted round trips} (round trips only for a window of 1).
echo(To, Count, 1, Message) ->
    Started = erlang:monotonic_time(microsecond),
    Times = [begin
        T = erlang:monotonic_time(nanosecond),
        To ! {self(), Message},
        receive {echo, _} -> erlang:monotonic_time(nanosecond) - T end
    end || _ <- lists:seq(1, Count)],
    {erlang:monotonic_time(microsecond) - Started, lists:nth(Count div 2, lists:sort(Times))};
echo(To, Count, Window, Message) ->
    Started = erlang:monotonic_time(microsecond),
    [To ! {self(), Message} || _ <- lists:seq(1, Window)],
    windowed(To, Count - Window, Count, Message),
    {erlang:monotonic_time(microsecond) - Started, 0}.

windowed(_, _, 0, _) -> ok;
windowed(To, ToSend, ToReceive, Message) ->
    receive {echo, _} -> ok end,
    case ToSend of
        0 -> windowed(To, 0, ToReceive - 1, Message);
        _ -> To ! {self(), Message}, windowed(To, ToSend - 1, ToReceive - 1, Message)
    end.

binaries(To, Count, Window, Bytes) -> echo(To, Count, Window, binary:copy(<<7>>, Bytes)).

%% Microseconds for Count calls of erpc, one after the other.
calls(Node, Count) ->
    Started = erlang:monotonic_time(microsecond),
    [erpc:call(Node, convoy_bench, identity, [N]) || N <- lists:seq(1, Count)],
    erlang:monotonic_time(microsecond) - Started.
