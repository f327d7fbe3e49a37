%% The prices of the shop. start.sh compiles two versions of it: shop2 has missed the deployment of version 2.
-module(shop_prices).
-export([price/1, keep/0]).
-vsn(?VERSION).

price(Article) -> {Article, ?VERSION * 100}.

%% A process that runs the code with which it was started, for as long as it lives.
keep() -> receive stop -> ok end.
