/**
 * How a node tells its applications and the tree of one of them, in Erlang. A supervisor is counted before its children are taken,
 * and each gets the same request as `supervisor:which_children/1` but with a limit of time: one that is busy is never waited for,
 * and after a few that did not answer none is asked any more, because a request that timed out stays in its queue. Instead of such
 * answers, and of very long ones, there are the processes that it is linked to. Pure.
 */

import { naming } from '../processes/list-program.ts';

export const maxApplications = 500;
/** How long a supervisor may take to answer, in milliseconds. */
export const supervisorMs = 500;
/** A supervisor with more messages than this in its queue is not asked. */
const maxQueue = 50;
/** A supervisor with more children than this is not asked for their names. */
const maxListed = 1000;
/** No more supervisors are asked after so many that did not answer. */
const maxSilent = 3;

/** Answers `[{Name, Version, Description, Root}]`; `Root` is a pid, or `undefined` for an application without processes. */
export const applicationsBody: string = `
  [{Name, Version, Text(Description, 5, 200), Try(fun() ->
    case application_controller:get_master(Name) of
      undefined -> undefined;
      Master -> element(1, application_master:get_child(Master))
    end
  end)} || {Name, Description, Version} <- lists:sublist(application:which_applications(2000), ${maxApplications})]
`;

/**
 * `Application` is its name as a binary, `Width` and `Depth` bound the tree, `Room` is the number of processes in it. Answers
 * `not_started`, `no_processes`, or a node `{Pid, Id, Name, Call, Memory, Queue, Kind}`, in which `Kind` is `worker`, `gone`,
 * or `{supervisor, How, Count, Children}`.
 */
export const treeBody: string = `
${naming}
  Known = [Name || {Name, _, _} <- application:which_applications(2000), atom_to_binary(Name, utf8) =:= Application],
  put(room, Room),
  put(silent, 0),
  Ask = fun(Pid, Request) ->
    case get(silent) >= ${maxSilent} of
      true -> unasked;
      false ->
        try {ok, gen_server:call(Pid, Request, ${supervisorMs})}
        catch
          exit:{timeout, _} -> put(silent, get(silent) + 1), slow;
          _:_ -> failed
        end
    end
  end,
  Linked = fun(Pid, Parents, How, Count) ->
    Links = case erlang:process_info(Pid, links) of
      {_, All} -> [One || One <- lists:sublist(All, Width + length(Parents) + 10), is_pid(One), node(One) =:= node(),
        erlang:process_info(One, initial_call) =/= {initial_call, {application_master, start_it, 4}}] -- Parents;
      _ -> []
    end,
    {How, case Count of unknown -> length(Links); _ -> Count end, [{undefined, One} || One <- lists:sublist(Links, Width)]}
  end,
  Children = fun(Pid, Parents, Queue) ->
    case Queue > ${maxQueue} of
      true -> Linked(Pid, Parents, busy, unknown);
      false ->
        case Ask(Pid, count_children) of
          {ok, Counts} when is_list(Counts) ->
            Count = proplists:get_value(active, Counts, 0),
            Specs = proplists:get_value(specs, Counts, 0),
            case erlang:max(Count, Specs) > ${maxListed} of
              true -> Linked(Pid, Parents, huge, Count);
              false ->
                case Ask(Pid, which_children) of
                  {ok, List} when is_list(List) ->
                    {asked, length(List), [{Id, One} || {Id, One, _, _} <- lists:sublist(lists:reverse(List), Width)]};
                  slow -> Linked(Pid, Parents, slow, Count);
                  _ -> Linked(Pid, Parents, unasked, Count)
                end
            end;
          slow -> Linked(Pid, Parents, slow, unknown);
          _ -> Linked(Pid, Parents, unasked, unknown)
        end
    end
  end,
  Walk = fun Walk(Id, Pid, Parents) ->
    Shown = case Id of undefined -> undefined; _ -> Text(Id, 10, 100) end,
    Info = case is_pid(Pid) andalso node(Pid) =:= node() of
      true -> erlang:process_info(Pid, [registered_name, initial_call, memory, message_queue_len]);
      false -> undefined
    end,
    case Info of
      undefined -> {Pid, Shown, [], undefined, 0, 0, gone};
      [{_, Name}, {_, Initial}, {_, Memory}, {_, Queue}] ->
        put(room, get(room) - 1),
        Translated = case Call(Pid, Memory) of undefined -> Initial; Better -> Better end,
        Kind = case Translated of
          {supervisor, _, _} ->
            case length(Parents) < Depth andalso get(room) > 0 of
              false -> {supervisor, cut, unknown, []};
              true ->
                {How, Count, List} = Children(Pid, Parents, Queue),
                {supervisor, How, Count, lists:append([case get(room) > 0 of
                  true -> [Walk(One, Child, [Pid | Parents])];
                  false -> []
                end || {One, Child} <- List])}
            end;
          _ -> worker
        end,
        {Pid, Shown, Name, Translated, Memory, Queue, Kind}
    end
  end,
  case Known of
    [] -> not_started;
    [Application1 | _] ->
      case application_controller:get_master(Application1) of
        undefined -> no_processes;
        Master ->
          {Root, _} = application_master:get_child(Master),
          Walk(undefined, Root, [])
      end
  end
`;
