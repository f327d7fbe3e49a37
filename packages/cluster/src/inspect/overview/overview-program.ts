/**
 * What a node is asked for its overview, in Erlang. Everything is read in a fraction of a millisecond, except the use of the
 * schedulers, for which the question waits `Sample` milliseconds between two samples. It changes one thing: the second number of
 * `statistics(reductions)`, "since the last call", starts again for others who ask for it. Pure.
 */

/** Names in `counts` and `stats`, by which the answer is read. */
export const counts = [
  'process_count',
  'process_limit',
  'port_count',
  'port_limit',
  'atom_count',
  'atom_limit',
  'ets_count',
  'ets_limit',
  'schedulers',
  'schedulers_online',
  'otp_release',
  'version',
  'system_architecture',
] as const;

/** @see counts */
export const statistics = [
  'io',
  'reductions',
  'garbage_collection',
  'run_queue_lengths_all',
  'total_run_queue_lengths_all',
  'total_active_tasks_all',
] as const;

export const maxApplications = 500;

/** `Sample` is in milliseconds; with `Switch` the schedulers measure their time for as long as the question takes. */
export const overviewBody: string = `
  Of = fun(Module, Function, Args) -> Try(fun() -> apply(Module, Function, Args) end) end,
  Each = fun(Function, Names) -> [{Name, Of(erlang, Function, [Name])} || Name <- Names] end,
  case Switch of true -> erlang:system_flag(scheduler_wall_time, true); false -> ok end,
  First = erlang:statistics(scheduler_wall_time),
  Use = case First of
    undefined -> off;
    _ ->
      Rest(Sample),
      {lists:sort(First), lists:sort(erlang:statistics(scheduler_wall_time))}
  end,
  [{memory, Of(erlang, memory, [])},
   {counts, Each(system_info, [${counts.join(', ')}])},
   {stats, Each(statistics, [${statistics.join(', ')}])},
   {uptime, Try(fun() ->
     Up = erlang:monotonic_time() - erlang:system_info(start_time),
     erlang:convert_time_unit(Up, native, millisecond)
   end)},
   {use, Use},
   {elixir, Of(application, get_key, [elixir, vsn])},
   {applications, Try(fun() ->
     Started = application:which_applications(1000),
     [{Name, Version} || {Name, _, Version} <- lists:sublist(Started, ${maxApplications})]
   end)}]
`;
