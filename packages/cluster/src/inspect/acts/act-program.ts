/**
 * How a node does something for us, in Erlang: each act is one question, in the same frame and bounds as those that only read. What it
 * answers is cut there. Pure.
 */

import { naming } from '../processes/list-program.ts';

/** Characters of an answer that travel. */
export const maxTextCharacters = 16_000;
/** How long a process may take to end, in milliseconds. */
const endMs = 2000;

/** `Process`: the process that `Target` stands for, `{pid, Characters}` or `{name, Binary}`; `none` if there is none. */
const addressing = `
  Process = case Target of
    {pid, Characters1} -> try list_to_pid(Characters1) catch error:badarg -> none end;
    {name, Name1} ->
      Known = fun(Some) -> try whereis(binary_to_existing_atom(Some, utf8)) catch error:badarg -> undefined end end,
      case Known(Name1) of
        undefined -> case Known(<<"Elixir.", Name1/binary>>) of undefined -> none; Found1 -> Found1 end;
        Found1 -> Found1
      end
  end,
`;

/** `Told(Value)`: `{Text, Bytes, Hash}`; values of the same hash are the same value, in every release of OTP. */
const telling = `
  Told = fun(Value1) -> {Text(Value1, 50, ${maxTextCharacters}), erlang:external_size(Value1), erlang:phash2(Value1, 16#100000000)} end,
`;

/** Answers `gone`, or `{Ended, Name, Call}`, in which `Ended` is `{ended, Reason}` or `still_there`. */
export const killBody: string = `
${naming}
${addressing}
  case is_pid(Process) andalso erlang:process_info(Process, [registered_name, memory, initial_call]) of
    [{_, Registered}, {_, Memory}, {_, Initial}] ->
      Named = case Call(Process, Memory) of undefined -> Initial; Better -> Better end,
      Watch = erlang:monitor(process, Process),
      exit(Process, kill),
      Ended = receive {'DOWN', Watch, process, _, Reason} -> {ended, Text(Reason, 10, 200)} after ${endMs} -> still_there end,
      {Ended, Registered, Named};
    _ -> gone
  end
`;

/** Answers `gone`, or `{Before, After}` in bytes. */
export const collectBody: string = `
${addressing}
  case is_pid(Process) andalso erlang:process_info(Process, memory) of
    {memory, Before} ->
      case erlang:garbage_collect(Process) of
        true ->
          case erlang:process_info(Process, memory) of {memory, After} -> {Before, After}; _ -> gone end;
        false -> gone
      end;
    _ -> gone
  end
`;

/** Answers `gone`, or the pid that `Message` was sent to. */
export const sendBody: string = `
${addressing}
  case is_pid(Process) andalso node(Process) =:= node() andalso is_process_alive(Process) of
    true -> erlang:send(Process, Message), Process;
    false -> gone
  end
`;

/** Answers `gone`, `slow`, `{raised, Class, Text}`, or `{told, Told}`. */
export const callBody: string = `
${addressing}
${telling}
  case is_pid(Process) andalso node(Process) =:= node() andalso is_process_alive(Process) of
    true ->
      try {told, Told(gen_server:call(Process, Message, Patience))}
      catch
        exit:{timeout, _} -> slow;
        exit:{noproc, _} -> gone;
        exit:{Cause, {gen_server, call, _}} -> {raised, exit, Text(Cause, 20, 500)};
        Class:Cause -> {raised, Class, Text(Cause, 20, 500)}
      end;
    false -> gone
  end
`;

/** Answers `undefined_function`, `{raised, Class, Text}`, or `{told, Told}`. */
export const rpcBody: string = `
${telling}
  try {told, Told(apply(Module, Function, Arguments))}
  catch
    error:undef:Stack ->
      case Stack of
        [{Module, Function, _, _} | _] -> undefined_function;
        _ -> {raised, error, <<"undef">>}
      end;
    Class:Cause -> {raised, Class, Text(Cause, 20, 500)}
  end
`;

/**
 * Reads `Source`, a literal in Elixir, on a node that has it; nothing in it is evaluated. Answers `no_elixir`, `{bad, Text}`,
 * `{not_literal, Text}`, or `{term, Term}`.
 */
export const elixirBody: string = `
  Words = fun(Parts) ->
    try string:slice(unicode:characters_to_binary(Parts), 0, 300) catch _:_ -> <<"it cannot be read">> end
  end,
  Literal = fun
    Literal(Plain) when is_atom(Plain); is_number(Plain); is_binary(Plain) -> Plain;
    Literal([{'|', _, [Head, Tail]}]) -> [Literal(Head) | Literal(Tail)];
    Literal([First | More]) -> [Literal(First) | Literal(More)];
    Literal([]) -> [];
    Literal({Left, Right}) -> {Literal(Left), Literal(Right)};
    Literal({'{}', _, Parts}) when is_list(Parts) -> list_to_tuple(Literal(Parts));
    Literal({'%{}', _, Pairs}) when is_list(Pairs) -> maps:from_list([{_, _} = Literal(Pair) || Pair <- Pairs]);
    Literal({'-', _, [Number]}) when is_number(Number) -> -Number;
    Literal({'+', _, [Number]}) when is_number(Number) -> Number;
    Literal({'__aliases__', _, [First | _] = Parts}) when is_atom(First) ->
      list_to_atom(lists:flatten(lists:join(".", ["Elixir" | [atom_to_list(Part) || Part <- Parts]])));
    Literal({'__block__', _, [Only]}) -> Literal(Only);
    Literal({'<<>>', _, Parts} = Whole) when is_list(Parts) ->
      case lists:all(fun(Part) -> is_binary(Part) orelse (is_integer(Part) andalso Part >= 0 andalso Part < 256) end, Parts) of
        true -> iolist_to_binary(Parts);
        false -> throw({not_literal, Whole})
      end;
    Literal({sigil_c, _, [{'<<>>', _, [Sigil]}, []]} = Whole) when is_binary(Sigil) ->
      case binary:match(Sigil, <<92>>) of
        nomatch -> unicode:characters_to_list(Sigil);
        _ -> throw({not_literal, Whole})
      end;
    Literal(Other) -> throw({not_literal, Other})
  end,
  case code:which('Elixir.Code') of
    non_existing -> no_elixir;
    _ ->
      case 'Elixir.Code':string_to_quoted(Source, [{emit_warnings, false}]) of
        {ok, Quoted} ->
          try {term, Literal(Quoted)} catch throw:{not_literal, Part1} -> {not_literal, Words('Elixir.Macro':to_string(Part1))} end;
        {error, {_, {Prefix, Suffix}, Token}} -> {bad, Words([Prefix, Token, Suffix])};
        {error, {_, Complaint, Token}} -> {bad, Words([Complaint, Token])}
      end
  end
`;
