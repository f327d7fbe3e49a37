/**
 * The evaluation loops that run inside a test peer: each line `ID BASE64` of standard input is an expression; the answer is
 * printed as `STX ID ok|error BASE64 ETX`. The node halts at the end of its input.
 */

export const erlangLoop = `
Loop = fun Loop(Bindings) ->
  case io:get_line(standard_io, '') of
    Line when is_list(Line); is_binary(Line) ->
      [Id, Encoded] = string:split(string:trim(Line), " "),
      {Outcome, Text, Next} = try
        {ok, Tokens, _} = erl_scan:string(unicode:characters_to_list(base64:decode(Encoded))),
        {ok, Expressions} = erl_parse:parse_exprs(Tokens),
        {value, Value, New} = erl_eval:exprs(Expressions, Bindings),
        {"ok", io_lib:format("~0tp", [Value]), New}
      catch Class:Reason:Stack ->
        {"error", io_lib:format("~0tp", [{Class, Reason, Stack}]), Bindings}
      end,
      Answer = base64:encode(unicode:characters_to_binary(Text)),
      io:put_chars([2, Id, " ", Outcome, " ", Answer, 3, "\\n"]),
      Loop(Next);
    _ -> halt(0)
  end
end,
spawn(fun() -> io:put_chars([2, "0 ready ", 3, "\\n"]), Loop([]) end).
`;

export const elixirLoop = `
loop = fn loop, bindings ->
  case IO.gets("") do
    line when is_binary(line) ->
      [id, encoded] = String.split(String.trim(line), " ", parts: 2)
      {outcome, text, next} =
        try do
          source = String.trim_trailing(Base.decode64!(encoded), ".")
          {value, new} = Code.eval_string(source, bindings)
          {"ok", inspect(value, limit: :infinity, printable_limit: :infinity, width: :infinity), new}
        catch
          kind, reason -> {"error", Exception.format(kind, reason, __STACKTRACE__), bindings}
        end
      IO.write([2, id, " ", outcome, " ", Base.encode64(text), 3, "\\n"])
      loop.(loop, next)
    _ -> System.halt(0)
  end
end
IO.write([2, "0 ready ", 3, "\\n"])
loop.(loop, [])
`;
