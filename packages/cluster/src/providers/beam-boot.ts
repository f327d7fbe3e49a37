/**
 * The program a launched Erlang or Elixir node runs when it boots, as source text of that language: the dead-man switch
 * and the `convoy_worker` process. Interpreted, so that a runtime without the compiler application will do; plain
 * enough for OTP 23 to 29.
 *
 * The switch reads standard input, a pipe that only the launcher holds: its end means that the launcher is gone, however
 * it went. Shells over distribution have a group leader of their own and do not touch that pipe. An error is no end (the
 * `user` process may be restarting), so only `eof` halts.
 *
 * HOME is a private folder while the runtime starts, because that is where OTP reads the cookie; afterwards the
 * user's own is put back for programs on the node.
 */

export const erlangBoot = `
RestoreHome = fun
  (false) -> os:unsetenv("HOME");
  (Home) -> os:putenv("HOME", Home)
end,
RestoreHome(os:getenv("CONVOY_USER_HOME")),
lists:foreach(fun os:unsetenv/1, ["CONVOY_USER_HOME", "CONVOY_BOOT"]),
spawn(fun Watch() ->
  case catch io:get_line(user, "") of
    eof -> erlang:halt(0);
    Line when is_list(Line); is_binary(Line) -> Watch();
    _ -> timer:sleep(500), Watch()
  end
end),
register(convoy_worker, spawn(fun Work() ->
  receive
    ping -> io:format(user, "Received ping on node ~ts~n", [node()]);
    _ -> ok
  end,
  Work()
end)),
io:format(user, "Erlang node ~ts is up~n", [node()]).
`;

export const elixirBoot = `
case System.get_env("CONVOY_USER_HOME") do
  nil -> System.delete_env("HOME")
  home -> System.put_env("HOME", home)
end

Enum.each(["CONVOY_USER_HOME", "CONVOY_BOOT"], &System.delete_env/1)

defmodule Convoy.Worker do
  @moduledoc "Prints a line for every \`:ping\` it is sent."

  def loop do
    receive do
      :ping -> IO.puts(:user, "Received ping on node #{node()}")
      _ -> :ok
    end

    loop()
  end

  @doc "Halts the node at the end of its standard input: whoever launched it is gone then."
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
  end
end

spawn(&Convoy.Worker.watch/0)
Process.register(spawn(&Convoy.Worker.loop/0), :convoy_worker)
IO.puts(:user, "Elixir node #{node()} is up")
`;
