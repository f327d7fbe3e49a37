-module(traced_shop).
-export([add/2, add/3, work/1, hot/1, fails/1, sleep/1, large/1, read/1]).

add(Item, Count) -> {Item, Count}.

add(Item, Count, _) -> add(Item, Count).

work(N) -> [add({cart, I}, N) || I <- lists:seq(1, N)], ok.

hot(0) -> ok;
hot(N) -> _ = add(N, 1), hot(N - 1).

fails(Why) -> error({bad, Why}).

sleep(Ms) -> receive after Ms -> slept end.

large(N) -> L = lists:seq(1, 200000), [read(L) || _ <- lists:seq(1, N)], ok.

read(L) -> hd(L).
