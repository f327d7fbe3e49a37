%% An EPMD module that finds nodes behind tunnels. It looks full names up in tables that `convoy tunnel` maintains, and
%% leaves all other names to erl_epmd. Pass one or several tables to the node:
%%
%%     erl -epmd_module convoy_epmd -pa FOLDER -convoy_table FILE [-convoy_table FILE]
%%
%% A table has one line per node, `name@host port` or `name@host port cookiefile`; the port is on this machine. A cookie
%% file sets the cookie for that node, so that no command line contains a cookie. A name like remote_45678@anywhere stands
%% for port 45678 on this machine. Nothing here may print (at boot there is no io server yet) or fail: a table that cannot
%% be read counts as empty. For OTP 23 and later.
-module(convoy_epmd).

-export([start_link/0, register_node/2, register_node/3, listen_port_please/2]).
-export([address_please/3, port_please/2, port_please/3, names/1]).

-define(VERSION, 6).
-define(MAX_BYTES, 1048576).

start_link() ->
    erl_epmd:start_link().

register_node(Name, Port) ->
    or_unregistered(erl_epmd:register_node(Name, Port)).

%% The third argument is a driver (inet_tcp) up to OTP 25 and a family (inet) later; it is passed on unchanged.
register_node(Name, Port, Family) ->
    or_unregistered(erl_epmd:register_node(Name, Port, Family)).

%% A node that only dials needs no EPMD on this machine.
or_unregistered({ok, Creation}) -> {ok, Creation};
or_unregistered({error, duplicate_name}) -> {error, duplicate_name};
or_unregistered(_) -> {ok, 4 + erlang:phash2({make_ref(), os:getpid(), erlang:system_time()}, 16#fffffff0)}.

listen_port_please(Name, Host) ->
    erl_epmd:listen_port_please(Name, Host).

address_please(Name, Host, Family) ->
    case find(Name, Host) of
        {ok, Port} -> {ok, loopback(Family), Port, ?VERSION};
        error -> erl_epmd:address_please(Name, Host, Family)
    end.

port_please(Name, Host) ->
    case find(Name, Host) of
        {ok, Port} -> {port, Port, ?VERSION};
        error -> erl_epmd:port_please(Name, Host)
    end.

port_please(Name, Host, Timeout) ->
    case find(Name, Host) of
        {ok, Port} -> {port, Port, ?VERSION};
        error -> erl_epmd:port_please(Name, Host, Timeout)
    end.

names(Host) ->
    case [{Name, Port} || {Name, At, Port, _} <- entries(), At =:= text(Host)] of
        [] -> erl_epmd:names(Host);
        Names -> {ok, Names}
    end.

loopback(Family) when Family =:= inet6; Family =:= inet6_tcp -> {0, 0, 0, 0, 0, 0, 0, 1};
loopback(_) -> {127, 0, 0, 1}.

find(GivenName, GivenHost) ->
    Name = text(GivenName),
    Host = text(GivenHost),
    case [{Port, Cookie} || {N, H, Port, Cookie} <- entries(), N =:= Name, H =:= Host] of
        [{Port, Cookie} | _] ->
            use_cookie(Name, Host, Cookie),
            {ok, Port};
        [] ->
            port_in_name(Name)
    end.

port_in_name("remote_" ++ Digits) -> to_port(Digits);
port_in_name(_) -> error.

to_port(Digits) ->
    try list_to_integer(Digits) of
        Port when Port > 0, Port < 65536 -> {ok, Port};
        _ -> error
    catch
        _:_ -> error
    end.

%% A name is text. A host is text or, once resolved, an address, which is not in any table.
text(Text) when is_atom(Text) -> atom_to_list(Text);
text(Text) -> Text.

%% erlang:set_cookie calls the process `auth`, which calls no other process, so net_kernel can call it without a deadlock.
use_cookie(_, _, none) ->
    ok;
use_cookie(Name, Host, File) ->
    try
        {ok, Bytes} = read(File),
        [Cookie | _] = string:lexemes(unicode:characters_to_list(Bytes), " \t\r\n"),
        true = erlang:set_cookie(list_to_atom(Name ++ "@" ++ Host), list_to_atom(Cookie)),
        ok
    catch
        _:_ -> ok
    end.

%% [{Name, Host, Port, CookieFile | none}], in the order of the tables.
entries() ->
    case init:get_argument(convoy_table) of
        {ok, Arguments} -> [Entry || File <- lists:append(Arguments), Entry <- read_table(File)];
        error -> []
    end.

read_table(File) ->
    try
        {ok, Bytes} = read(File),
        Lines = string:lexemes(unicode:characters_to_list(Bytes), "\r\n"),
        [Entry || Line <- Lines, {ok, Entry} <- [parse_line(Line, File)]]
    catch
        _:_ -> []
    end.

%% The cookie file must be in the folder of the table.
parse_line(Line, Table) ->
    try string:lexemes(Line, " \t") of
        [Node, Digits] -> entry(Node, Digits, none);
        [Node, Digits, File] ->
            entry(Node, Digits, filename:join(filename:dirname(Table), filename:basename(File)));
        _ -> error
    catch
        _:_ -> error
    end.

entry(Node, Digits, Cookie) ->
    case {string:split(Node, "@"), to_port(Digits)} of
        {[[_ | _] = Name, [_ | _] = Host], {ok, Port}} -> {ok, {Name, Host, Port, Cookie}};
        _ -> error
    end.

%% Raw, because the file server may not be up yet.
read(File) ->
    {ok, Device} = file:open(File, [raw, read, binary]),
    try
        file:read(Device, ?MAX_BYTES)
    after
        file:close(Device)
    end.
