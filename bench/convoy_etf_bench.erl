%% Times term_to_binary and binary_to_term on the terms of a file, compiled, in microseconds per pass over all of them.
%% Started by etf.ts: erl -noshell -s convoy_etf_bench run FILE PASSES.
-module(convoy_etf_bench).
-export([run/1]).

run([File, Passes]) ->
    {ok, Written} = file:read_file(atom_to_list(File)),
    Encoded = binary_to_term(Written),
    Terms = [binary_to_term(Bytes) || Bytes <- Encoded],
    Count = list_to_integer(atom_to_list(Passes)),
    Encode = fun() -> encode(Terms) end,
    Decode = fun() -> decode(Encoded) end,
    io:format("~w ~w~n", [median(Encode, Count), median(Decode, Count)]),
    halt().

encode([Term | Rest]) -> term_to_binary(Term, [{minor_version, 2}]), encode(Rest);
encode([]) -> ok.

decode([Bytes | Rest]) -> binary_to_term(Bytes), decode(Rest);
decode([]) -> ok.

median(Work, Count) -> lists:nth(4, lists:sort([time(Work, Count) || _ <- lists:seq(1, 7)])) / Count / 1000.

time(Work, Count) ->
    Start = erlang:monotonic_time(nanosecond),
    repeat(Work, Count),
    erlang:monotonic_time(nanosecond) - Start.

repeat(_, 0) -> ok;
repeat(Work, Count) -> Work(), repeat(Work, Count - 1).
