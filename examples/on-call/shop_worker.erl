%% The processes of the shop, each with its trouble.
-module(shop_worker).
-behaviour(gen_server).
-export([start_link/2, run/1]).
-export([init/1, handle_call/3, handle_cast/2, handle_info/2]).

%% "Whose queue grows?" To send a mail takes 200 ms, and meanwhile shop_orders asks for 20 more.
init(shop_mailer) -> {ok, 0};
%% "Which process is stuck, and where?" The checkout waits for the bank, which waits for bytes that never come.
init(shop_bank) -> {ok, open};
init(shop_checkout) -> self() ! pay, {ok, idle}.

handle_cast({mail, _Order}, Sent) -> timer:sleep(200), {noreply, Sent + 1}.

handle_info(pay, State) ->
    ok = gen_server:call(shop_bank, {charge, <<"Anna">>, 4200}, infinity),
    {noreply, State}.

handle_call({charge, _Who, _Cents}, _From, State) -> {reply, ask_bank(), State}.

ask_bank() ->
    {ok, Listener} = gen_tcp:listen(0, [{ip, {127, 0, 0, 1}}, {active, false}]),
    {ok, Port} = inet:port(Listener),
    {ok, Socket} = gen_tcp:connect({127, 0, 0, 1}, Port, [{active, false}]),
    {ok, _Answer} = gen_tcp:recv(Socket, 0),
    ok.

start_link(Name, Port) ->
    {ok, proc_lib:spawn_link(fun() -> register(Name, self()), run(open(Name, Port)) end)}.

%% "Who holds this port?"
open(shop_front, Port) ->
    {ok, Listener} = gen_tcp:listen(Port, [{ip, {127, 0, 0, 1}}, {reuseaddr, true}]),
    {shop_front, Listener};
%% "Who eats the memory?" It has worked on a long list, sleeps since then, and keeps what it does not need any more.
open(shop_carts, _) -> {shop_carts, lists:sum(lists:seq(1, 4000000))};
open(shop_orders, _) -> {shop_orders, 0};
open(shop_sessions, _) -> {shop_sessions, ets:new(shop_sessions, [named_table, public]), 0};
open(Name, _) -> {Name, open}.

run({shop_orders, Orders}) when Orders < 20000 ->
    timer:sleep(200),
    [gen_server:cast(shop_mailer, {mail, Order}) || Order <- lists:seq(Orders + 1, Orders + 20)],
    run({shop_orders, Orders + 20});
%% "Which table grows?" Sessions are never deleted.
run({shop_sessions, Table, Rows}) when Rows < 200000 ->
    timer:sleep(100),
    ets:insert(Table, [{{session, Row}, <<"Anna">>} || Row <- lists:seq(Rows + 1, Rows + 50)]),
    run({shop_sessions, Table, Rows + 50});
%% "Who calls this function now?"
run({shop_robot, _} = State) ->
    timer:sleep(500),
    shop_prices:price(<<"teapot">>),
    run(State);
%% "What crashed at 14:02?" and "Which supervisor restarts again and again?"
run({shop_fraud, _}) ->
    timer:sleep(4000),
    error({unknown_card_brand, <<"Dinosaur Express">>});
run(State) ->
    timer:sleep(infinity),
    run(State).
