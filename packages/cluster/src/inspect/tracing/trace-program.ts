/**
 * What a node runs while calls are traced there, in Erlang. Two processes: the tracer, of low priority and with a limit on its memory,
 * receives the trace messages and sends them to us as cut text; the guard watches the tracer and us, and switches tracing off when
 * either is gone. Each of them cleans up after the other. Nothing is left: no session, flag, pattern, name or process.
 *
 * How many calls reach the tracer is bounded by the emulator itself, however often the function is called: the match specification
 * takes one from the trace control word for each call, and matches only while something is left. Of two million calls from four
 * processes, with 20 granted, exactly 20 were sent (OTP 25, 27 and 29); a call that was not took 0.4 us. The tracer grants more when
 * it has read those. Up to OTP 26 patterns belong to the whole node, so that the guard refuses if another program traces; from OTP 27
 * on there is a trace session of our own. Pure.
 */

/**
 * The match specifications with which a function is traced, and what clears them. Both programs begin with it. What is granted is above
 * `Base`, so that a word that a killed trace has left is known for what it is.
 */
const common = `
  Cut = fun(Term, Characters) ->
    Made = try unicode:characters_to_binary(io_lib:format("~0tP", [Term, 30], [{chars_limit, Characters}])) catch _:_ -> none end,
    case is_binary(Made) of true -> Made; false -> <<"?">> end
  end,
  Base = 16#C0590000,
  ForeignWord = fun() ->
    case erlang:system_info(trace_control_word) of
      Word when Word >= Base, Word =< Base + 16#FFFF -> 0;
      Word -> Word
    end
  end,
  Spec = fun(After) -> [{'_', [{'>', {get_tcw}, Base}], [{set_tcw, {'-', {get_tcw}, 1}} | After]}] end,
  Specs = [Spec([]), Spec([{exception_trace}])],
  code:ensure_loaded(trace),
  Sessions = erlang:function_exported(trace, session_create, 3),
  code:ensure_loaded(Module),
  Defined = try lists:usort([A || {F, A} <- Module:module_info(functions) ++ Module:module_info(exports), F =:= Function]) catch _:_ -> none end,
  Arities = [A || is_list(Defined), A <- Defined, Arity =:= any orelse A =:= Arity],
  Clear = fun() ->
    [catch erlang:trace_pattern({Module, Function, A}, false, Flags) || not Sessions, A <- Arities, Flags <- [[local], [call_count]]]
  end,
  Found = fun() -> [Items || not Sessions, A <- Arities, {all, Items} <- [erlang:trace_info({Module, Function, A}, all)], is_list(Items)] end,
  IsOurs = fun(Items) -> lists:any(fun(One) -> lists:member({match_spec, One}, Items) end, Specs) end,
`;

/** Whether another program traces on this node. Asked up to OTP 26 only. */
const others = `
  AnyTraced = fun
    Any([]) -> false;
    Any(Pids) ->
      {Some, Left} = lists:split(erlang:min(1000, length(Pids)), Pids),
      receive after 1 -> ok end,
      Flags = lists:usort(lists:zipwith(fun erlang:trace_info/2, Some, lists:duplicate(length(Some), flags))),
      case Flags -- [{flags, []}, {flags, undefined}, undefined] of
        [] -> Any(Left);
        _ -> true
      end
  end,
  Other = fun() ->
    case [Name || Name <- [dbg, recon_trace_tracer], is_pid(whereis(Name))] of
      [Name | _] -> {true, atom_to_binary(Name, utf8)};
      [] ->
        case lists:all(IsOurs, Found()) andalso erlang:trace_info(new, flags) =:= {flags, []} andalso not AnyTraced(erlang:processes()) of
          true -> false;
          false -> {true, <<>>}
        end
    end
  end,
`;

/**
 * The process that receives trace messages. Its loop has: calls that are still wanted, calls that were granted and have not arrived, calls
 * that have not returned, the words of all arguments and results, the most words of the arguments of one call, room in the batch, and
 * the batch. It is evaluated, which takes 0.1 ms for an event, so that it does only what has to be done there: its owner finds
 * out which return belongs to which call. After the last call the pattern is cleared, and returns are waited for, which need no pattern.
 *
 * With each batch it looks whether all calls that it wanted have been made, though not been read yet: then the pattern is cleared at once.
 * Its priority is normal, because the function that is traced is slower until the tracer has read what it wanted.
 */
const tracer = `
  Trace = fun(Guard) ->
    Watch = erlang:monitor(process, Guard),
    Me = self(),
    Session = case Sessions of true -> trace:session_create(convoy, Me, []); false -> none end,
    Pattern = fun(What, Flags) ->
      lists:sum([case Sessions of
        true -> trace:function(Session, {Module, Function, A}, What, Flags);
        false -> erlang:trace_pattern({Module, Function, A}, What, Flags)
      end || A <- Arities])
    end,
    Process = fun(Who, On) ->
      Flags = [call, monotonic_timestamp],
      if
        Sessions -> trace:process(Session, Who, On, Flags);
        On -> erlang:trace(Who, true, [{tracer, Me} | Flags]);
        true -> erlang:trace(Who, false, Flags)
      end
    end,
    Total = fun() ->
      Counts = [try case Sessions of
        true -> trace:info(Session, {Module, Function, A}, call_count);
        false -> erlang:trace_info({Module, Function, A}, call_count)
      end catch _:_ -> none end || A <- Arities],
      lists:sum([Count || {call_count, Count} <- Counts, is_integer(Count)])
    end,
    Traced = Spec(case Returning of 1 -> [{exception_trace}]; 0 -> [] end),
    Grant = fun(Wanted, Words) ->
      Granted = erlang:min(Wanted, case Words of
        0 -> Begin;
        _ -> erlang:min(Credit, erlang:max(1, Room div Words))
      end),
      erase(is_off) =:= true andalso Pattern(Traced, [local]),
      erlang:system_flag(trace_control_word, Base + Granted),
      Granted
    end,
    Opening = fun(Left, Granted) ->
      erlang:start_timer(100, Me, send),
      Left =< Granted andalso erlang:system_info(trace_control_word) =:= Base andalso get(is_off) =:= undefined andalso begin
        Pattern(false, [local]),
        put(is_off, true)
      end
    end,
    Stop = fun(Reason, Left) ->
      erlang:system_flag(trace_control_word, Base),
      put(end_of_calls, {Reason, {Total(), Most - Left}}),
      Pattern(false, [local]),
      catch Pattern(false, [call_count]),
      erlang:start_timer(Linger, Me, finish),
      0
    end,
    Send = fun(Batch) ->
      Sent = Batch =:= [] orelse erlang:send(Owner, {convoy_trace, Tag, lists:reverse(Batch)}, [noconnect, nosuspend]) =:= ok,
      Sent orelse put(dropped, get(dropped) + length(Batch))
    end,
    Finish = fun(Left, Batch) ->
      Send(Batch),
      case get(end_of_calls) of undefined -> Stop(none, Left); _ -> ok end,
      {Reason, Counts} = get(end_of_calls),
      Guard ! {Me, done, Reason, erlang:append_element(Counts, get(dropped))},
      exit(normal)
    end,
    Shown = fun(Term) -> unicode:characters_to_binary(io_lib:format("~0tP", [Term, 30], [{chars_limit, Characters}])) end,
    Loop = fun
      L(0, _, 0, _, _, _, Batch) -> Finish(0, Batch);
      L(Left, 0, Open, Volume, Words, Free, Batch) when Left > 0 -> L(Left, Grant(Left, Words), Open, Volume, Words, Free, Batch);
      L(Left, Granted, Open, Volume, Words, 0, Batch) -> Send(Batch), L(Left, Granted, Open, Volume, Words, Each, []);
      L(Left, Granted, Open, Volume, Words, Free, Batch) ->
        receive
          {trace_ts, Pid, call, {_, _, Args}, At} when Left > 0 ->
            Free =:= Each andalso Opening(Left, Granted),
            Size = erlang:max(1, erts_debug:flat_size(Args)),
            Event = {call, Pid, length(Args), Shown(list_to_tuple(Args)), At},
            Next = if
              Volume + Size > Volumes -> Stop(size, Left - 1);
              Left =:= 1 -> Stop(most, 0);
              true -> Left - 1
            end,
            Granted2 = if Size > Words -> 0; true -> erlang:max(0, Granted - 1) end,
            Free2 = if Size > Large -> 0; true -> Free - 1 end,
            L(Next, Granted2, Open + Returning, Volume + Size, erlang:max(Size, Words), Free2, [Event | Batch]);
          {trace_ts, Pid, Kind, _, Value, At} ->
            Free =:= Each andalso Opening(Left, Granted),
            Event = {Kind, Pid, Shown(Value), At},
            L(Left, Granted, erlang:max(0, Open - 1), Volume + erts_debug:flat_size(Value), Words, Free - 1, [Event | Batch]);
          {timeout, _, send} -> Send(Batch), L(Left, Granted, Open, Volume, Words, Each, []);
          {timeout, _, finish} -> Finish(Left, Batch);
          {finish, Guard} -> Finish(Left, Batch);
          {'DOWN', Watch, process, _, _} -> Stop(none, Left), Clear(), erlang:system_flag(trace_control_word, 0);
          _ -> L(Left, Granted, Open, Volume, Words, Free, Batch)
        after 100 -> L(Left, 0, Open, Volume, Words, Free, Batch)
        end
    end,
    put(dropped, 0),
    erlang:system_flag(trace_control_word, Base),
    Pattern(Traced, [local]),
    catch Pattern(true, [call_count]),
    Count = case Pids of
      all -> Process(all, true);
      _ -> lists:sum([try Process(list_to_pid(Pid), true) catch error:badarg -> 0 end || Pid <- Pids])
    end,
    catch Process(Guard, false),
    Count =:= 0 andalso exit(no_process),
    First = Grant(Most, 0),
    Guard ! {Me, started},
    Loop(Most, First, 0, 0, 0, Each, [])
  end,
`;

/** The process that ends a trace: after its time, when told to, and when we or the tracer are gone. */
const guard = `
  Watching = fun(Line, Tracer, Down) ->
    (fun W(Alarm) ->
      receive
        {renew, Tag} -> erlang:cancel_timer(Alarm), W(erlang:start_timer(Lease, self(), lease));
        {stop, Tag} -> stopped;
        {Tracer, started} ->
          erlang:start_timer(Lifetime, self(), time),
          Clock = {erlang:time_offset(), erlang:convert_time_unit(1, second, native)},
          erlang:send(Owner, {convoy_trace, Tag, Clock}, [noconnect, nosuspend]),
          W(Alarm);
        {Tracer, done, Why, Counts} -> {done, Why, Counts};
        {timeout, Alarm, lease} -> lapsed;
        {timeout, _, time} -> time;
        {timeout, _, look} ->
          erlang:start_timer(100, self(), look),
          case erlang:process_info(Tracer, memory) of
            {memory, Bytes} when Bytes > Heap * 16 -> killed;
            _ -> W(Alarm)
          end;
        {'DOWN', Line, process, _, _} -> left;
        {'DOWN', Down, process, _, killed} -> killed;
        {'DOWN', Down, process, _, no_process} -> no_process;
        {'DOWN', Down, process, _, Why} -> {failed, Cut(Why, 200)};
        _ -> W(Alarm)
      end
    end)(erlang:start_timer(Lease, self(), lease))
  end,
  Ending = fun(Tracer, Down) ->
    Tracer ! {finish, self()},
    receive
      {Tracer, done, _, Counts} -> Counts;
      {'DOWN', Down, process, _, _} -> none
    after 2000 -> none
    end
  end,
  Guarding = fun(Asker) ->
    Line = erlang:monitor(process, Owner),
    Asker ! {self(), {ready, self(), Arities}},
    receive
      {go, Tag} -> ok;
      {'DOWN', Line, process, _, _} -> exit(normal)
    after Lease -> exit(normal)
    end,
    Self = self(),
    Before = ForeignWord(),
    {Tracer, Down} = erlang:spawn_opt(fun() -> Trace(Self) end,
      [monitor, {message_queue_data, off_heap}, {max_heap_size, #{size => Heap, kill => true, error_logger => false}}]),
    erlang:start_timer(100, Self, look),
    {Reason, Counted} = case Watching(Line, Tracer, Down) of
      {done, Met, Counts} -> {Met, Counts};
      {failed, Text} -> {{failed, Text}, none};
      Why when Why =:= killed; Why =:= no_process -> {Why, none};
      Why -> {Why, Ending(Tracer, Down)}
    end,
    exit(Tracer, kill),
    receive {'DOWN', Down, process, _, _} -> ok after 1000 -> ok end,
    Clear(),
    erlang:system_flag(trace_control_word, Before),
    exit({convoy_trace, Tag, Reason, Counted})
  end,
`;

/**
 * Starts a guard and answers `{ready, Guard, Arities}`; tracing begins when the guard is told `{go, Tag}`. Otherwise answers
 * `no_module`, `{no_function, Arities}`, `{traced, Name}` or `{failed, Text}`.
 */
export const traceProgram: string = `
(fun() ->
  group_leader(whereis(init), self()),
${common}${others}${tracer}${guard}
  Asker = self(),
  {Child, Gone} = erlang:spawn_opt(fun() ->
    Answer = fun(Refused) -> Asker ! {self(), Refused} end,
    case {Defined, Arities} of
      {none, _} -> Answer(no_module);
      {_, []} -> Answer({no_function, Defined});
      _ when Sessions -> Guarding(Asker);
      _ ->
        case (catch register(convoy_trace, self())) of
          true ->
            case Other() of
              {true, Name} -> Answer({traced, Name});
              false -> Clear(), Guarding(Asker)
            end;
          _ -> Answer({traced, <<"convoy">>})
        end
    end
  end, [monitor, {max_heap_size, #{size => Heap, kill => true, error_logger => false}}]),
  receive
    {Child, Answered} -> erlang:demonitor(Gone, [flush]), Answered;
    {'DOWN', Gone, process, _, Failure} -> {failed, Cut(Failure, 200)}
  after Patience ->
    exit(Child, kill),
    slow
  end
end)().
`;

/** Clears what a guard and a tracer have left that were both killed. Answers how many functions were cleared. */
export const clearProgram: string = `
(fun() ->
  group_leader(whereis(init), self()),
${common}
  Left = [ok || whereis(convoy_trace) =:= undefined, Items <- Found(), IsOurs(Items)],
  Left =:= [] orelse Clear(),
  erlang:system_flag(trace_control_word, ForeignWord()),
  length(Left)
end)().
`;
