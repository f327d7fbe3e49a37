/**
 * The program that a launched Erlang or Elixir node runs when it boots, as source text in that language: the dead-man switch
 * and the `convoy_worker` process. It is interpreted, so that a runtime without the compiler application is enough, and
 * simple enough for OTP 23 to 29.
 *
 * There are two switches. A node on this machine has a pipe: the end of its standard input means that the launcher is gone,
 * for whatever reason. Shells over distribution have their own group leader and do not touch that pipe. An error does not
 * count as the end (the `user` process may be restarting), so only `eof` halts. A node on another machine outlives the
 * connection that started it: its process `convoy_deadman` receives `{owner, Pid}`, monitors that process, and halts the node
 * when no other owner has replaced it within a grace period; `keep` lets the node live on. It removes the folder named by
 * CONVOY_FOLDER when it halts.
 *
 * CONVOY_CONNECT names nodes, separated by spaces, to which the node keeps connecting: for node images on a platform, where
 * nothing else connects them.
 *
 * CONVOY_PROGRAM is what the node runs once it has reported that it is up: a function without arguments, or an Elixir script.
 * CONVOY_CODE_PATH is a folder that comes first in the code path then. A program that fails ends the node.
 *
 * CONVOY_LINK_FILE names a file with the name of the node that started this one and the cookie to use with that node only.
 * The file is read before the node reports, on its standard output, the port it listens on; only the program follows that line.
 *
 * HOME is a private folder while the runtime starts, because OTP reads the cookie there; afterwards the user's own HOME is
 * restored for programs on the node.
 */

/** When a launched node exits by itself. */
export type DeadMan = { readonly kind: 'pipe' } | { readonly kind: 'owner'; readonly graceMs: number };

const pipe: DeadMan = { kind: 'pipe' };

/** `title` is what the node calls itself when it is up. With `descriptor` the pipe is descriptor 3. */
export function erlangBoot(
  deadMan: DeadMan | { readonly kind: 'descriptor' } = pipe,
  title = 'Erlang',
): string {
  return `
RestoreHome = fun
  (false) -> os:unsetenv("HOME");
  (Home) -> os:putenv("HOME", Home)
end,
RestoreHome(os:getenv("CONVOY_USER_HOME")),
TakeLink = fun
  (false) -> ok;
  (File) ->
    {ok, Text} = file:read_file(File),
    [Peer, Cookie] = string:lexemes(binary_to_list(Text), "\\n"),
    true = erlang:set_cookie(list_to_atom(Peer), list_to_atom(Cookie))
end,
TakeLink(os:getenv("CONVOY_LINK_FILE")),
Program = os:getenv("CONVOY_PROGRAM"),
CodePath = os:getenv("CONVOY_CODE_PATH"),
lists:foreach(fun os:unsetenv/1, [${unsetNames}]),
${deadMan.kind === 'owner' ? erlangOwner(deadMan.graceMs) : deadMan.kind === 'pipe' ? erlangPipe : erlangDescriptor},
Worker = fun Work() ->
  receive
    ping -> io:format(user, "Received ping on node ~ts~n", [node()]);
    _ -> ok
  end,
  Work()
end,
[register(Name, spawn(Worker)) || Name <- ['Elixir.Convoy.ConvoyWorker', convoy_worker]],
Wanted = [list_to_atom(Name) || Name <- string:tokens(os:getenv("CONVOY_CONNECT", ""), " ")],
Wanted =:= [] orelse spawn(fun Connect() ->
  [net_kernel:connect_node(Name) || Name <- Wanted -- nodes(connected), Name =/= node()],
  timer:sleep(3000),
  Connect()
end),
${erlangPort}
io:format(user, "${title} node ~ts is up~ts~n", [node(), [[" on port ", integer_to_list(Number)] || Number <- ListenPorts]]),
${erlangProgram}
`;
}

const unsetNames = ['USER_HOME', 'BOOT', 'LINK_FILE', 'PROGRAM', 'CODE_PATH', 'NODE', 'COOKIE_FILE']
  .map((name) => `"CONVOY_${name}"`)
  .join(', ');

/** The process lives on, because a supervisor that it starts ends with it. */
const erlangProgram = `Program =:= false orelse spawn(fun() ->
  CodePath =:= false orelse code:add_patha(CodePath),
  [Module, Function] = [list_to_atom(Part) || Part <- string:lexemes(Program, ":")],
  try Module:Function()
  catch Class:Reason:Stack ->
    io:format(standard_error, "~ts failed: ~tp~n", [Program, {Class, Reason, Stack}]),
    erlang:halt(1)
  end,
  receive after infinity -> ok end
end).`;

/**
 * Reads the port from the node's own listening socket, not from EPMD, which may have another port by now. It is the only
 * socket of net_kernel that is not connected.
 */
const erlangPort = `NetKernel = whereis(net_kernel),
ListenPorts = [Number || Port <- erlang:ports(),
  erlang:port_info(Port, connected) =:= {connected, NetKernel},
  {ok, Number} <- [inet:port(Port)],
  inet:peername(Port) =:= {error, enotconn}],`;

const erlangPipe = `spawn(fun Watch() ->
  case catch io:get_line(user, "") of
    eof -> erlang:halt(0);
    Line when is_list(Line); is_binary(Line) -> Watch();
    _ -> timer:sleep(500), Watch()
  end
end)`;

/** A node that has no such descriptor ends at once: nothing would end it later. */
const erlangDescriptor = `spawn(fun() ->
  try erlang:open_port({fd, 3, 3}, [in, eof]) of
    Pipe -> (fun Watch() ->
      receive
        {Pipe, eof} -> erlang:halt(0);
        _ -> Watch()
      end
    end)()
  catch _:_ -> erlang:halt(1)
  end
end)`;

function erlangOwner(graceMs: number): string {
  return `Folder = os:getenv("CONVOY_FOLDER"),
os:unsetenv("CONVOY_FOLDER"),
Forget = fun(Ref) -> is_reference(Ref) andalso erlang:demonitor(Ref, [flush]) end,
register(convoy_deadman, spawn(fun() ->
  (fun Watch(Ref, Grace) ->
    receive
      {owner, Pid} when is_pid(Pid) -> Forget(Ref), Watch(erlang:monitor(process, Pid), infinity);
      {'DOWN', Ref, process, _, _} -> Watch(none, ${graceMs});
      keep -> Forget(Ref), Watch(none, infinity);
      _ -> Watch(Ref, Grace)
    after Grace ->
      catch file:del_dir_r(Folder),
      erlang:halt(0)
    end
  end)(none, ${graceMs})
end))`;
}

export function elixirBoot(deadMan: DeadMan = pipe): string {
  return `
case System.get_env("CONVOY_USER_HOME") do
  nil -> System.delete_env("HOME")
  home -> System.put_env("HOME", home)
end

case System.get_env("CONVOY_LINK_FILE") do
  nil ->
    :ok

  file ->
    [peer, cookie] = file |> File.read!() |> String.split("\\n", trim: true)
    true = :erlang.set_cookie(String.to_atom(peer), String.to_atom(cookie))
end

program = System.get_env("CONVOY_PROGRAM")
code_path = System.get_env("CONVOY_CODE_PATH")
Enum.each([${unsetNames}], &System.delete_env/1)

defmodule Convoy.Worker do
  @moduledoc "Prints a line for every \`:ping\` it is sent."

  def loop do
    receive do
      :ping -> IO.puts(:user, "Received ping on node #{node()}")
      _ -> :ok
    end

    loop()
  end

  @doc "Keeps connecting to nodes that are not connected."
  def connect([]), do: :ok

  def connect(wanted) do
    for name <- wanted -- Node.list(:connected), name != node(), do: Node.connect(name)
    :timer.sleep(3000)
    connect(wanted)
  end

${deadMan.kind === 'pipe' ? elixirPipe : elixirOwner(deadMan.graceMs)}
end

wanted = "CONVOY_CONNECT" |> System.get_env("") |> String.split() |> Enum.map(&String.to_atom/1)
spawn(fn -> Convoy.Worker.connect(wanted) end)

${deadMan.kind === 'pipe' ? 'spawn(&Convoy.Worker.watch/0)' : 'Process.register(spawn(&Convoy.Worker.watch/0), :convoy_deadman)'}
for name <- [Convoy.ConvoyWorker, :convoy_worker], do: Process.register(spawn(&Convoy.Worker.loop/0), name)
${elixirPort}
IO.puts(:user, "Elixir node #{node()} is up#{for number <- listen_ports, do: " on port #{number}"}")
${elixirProgram}`;
}

const elixirProgram = `
if code_path, do: Code.prepend_path(code_path)

cond do
  program == nil ->
    :ok

  String.ends_with?(program, ".exs") ->
    Code.require_file(program)

  true ->
    [function | module] = program |> String.split(".") |> Enum.reverse()
    apply(module |> Enum.reverse() |> Module.concat(), String.to_atom(function), [])
end
`;

/** The same in Elixir; see erlangPort. */
const elixirPort = `net_kernel = Process.whereis(:net_kernel)

listen_ports =
  for port <- Port.list(),
      Port.info(port, :connected) == {:connected, net_kernel},
      {:ok, number} <- [:inet.port(port)],
      :inet.peername(port) == {:error, :enotconn},
      do: number
`;

const elixirPipe = `  @doc "Halts the node at the end of its standard input, which means that its launcher is gone."
  def watch do
    answer =
      try do
        :io.get_line(:user, "")
      catch
        _, _ -> :error
      end

    case answer do
      :eof -> :erlang.halt(0)
      line when is_list(line) or is_binary(line) -> :ok
      _ -> :timer.sleep(500)
    end

    watch()
  end`;

function elixirOwner(graceMs: number): string {
  return `  @doc "Halts the node when its owner has been gone for the grace period without a new owner."
  def watch do
    folder = System.get_env("CONVOY_FOLDER")
    System.delete_env("CONVOY_FOLDER")
    watch(nil, ${graceMs}, folder)
  end

  defp watch(ref, grace, folder) do
    receive do
      {:owner, pid} when is_pid(pid) ->
        forget(ref)
        watch(Process.monitor(pid), :infinity, folder)

      {:DOWN, ^ref, :process, _, _} ->
        watch(nil, ${graceMs}, folder)

      :keep ->
        forget(ref)
        watch(nil, :infinity, folder)

      _ ->
        watch(ref, grace, folder)
    after
      grace ->
        if folder, do: File.rm_rf(folder)
        :erlang.halt(0)
    end
  end

  defp forget(nil), do: :ok
  defp forget(ref), do: Process.demonitor(ref, [:flush])`;
}
