%% A shop in trouble, for the guide docs/guide/on-call.md: an application with something to find for each of its ten tasks. All of it is bounded, so that
%% it can be left running. start.sh starts it on two nodes.
-module(shop).
-behaviour(application).
-behaviour(supervisor).
-export([start_node/1, start/2, stop/1, init/1]).

%% start.sh calls this with the port on which the shop front listens, the setting on which the nodes disagree, the other node, and the versions of
%% shop_prices that were deployed here, one after the other. A process still runs the first of them.
start_node([Port, Currency, Peer | [First | Later]]) ->
    load_prices(First),
    spawn(fun() -> register(shop_price_list, self()), shop_prices:keep() end),
    lists:foreach(fun load_prices/1, Later),
    ok = application:load({application, shop, [{description, "A shop in trouble"}, {vsn, "1.4.0"},
        {modules, [shop, shop_worker, shop_prices]}, {registered, []}, {applications, [kernel, stdlib]},
        {mod, {shop, list_to_integer(Port)}}, {env, [{currency, list_to_atom(Currency)}]}]}),
    ok = application:start(shop),
    ok = connect(list_to_atom(Peer), 300),
    io:format("~s is open~n", [node()]).

load_prices(Version) ->
    {module, shop_prices} = code:load_abs(filename:join([filename:dirname(code:which(shop)), Version, "shop_prices"])).

connect(Peer, Attempts) when Attempts > 0 ->
    case net_kernel:connect_node(Peer) of
        true -> ok;
        _ -> timer:sleep(200), connect(Peer, Attempts - 1)
    end.

start(_Type, Port) -> supervisor:start_link({local, shop_sup}, shop, {shop_sup, Port}).

stop(_State) -> ok.

init({shop_sup, Port}) ->
    Fraud = #{id => shop_fraud_sup, type => supervisor,
              start => {supervisor, start_link, [{local, shop_fraud_sup}, shop, shop_fraud_sup]}},
    Servers = [server(Name) || Name <- [shop_mailer, shop_bank, shop_checkout]],
    Workers = [worker(Name, Port) || Name <- [shop_front, shop_carts, shop_orders, shop_robot, shop_sessions]],
    {ok, {#{}, Servers ++ Workers ++ [Fraud]}};
%% It allows so many restarts that it never gives up, and its own supervisor never hears of them.
init(shop_fraud_sup) ->
    {ok, {#{intensity => 100, period => 1}, [worker(shop_fraud, none)]}}.

server(Name) -> #{id => Name, start => {gen_server, start_link, [{local, Name}, shop_worker, Name, []]}}.

worker(Name, Port) -> #{id => Name, start => {shop_worker, start_link, [Name, Port]}}.
