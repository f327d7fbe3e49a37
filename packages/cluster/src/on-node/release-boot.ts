/**
 * The boot program of a node that is started from a release, also of one of Elixir: every release has the modules that interpret
 * Erlang. It runs after the applications of the release have started.
 *
 * The release must have taken the name and the cookie that it was given. An `env.sh` or a `vm.args` may set others; such a node
 * could not be reached, or would have a cookie that its arguments show, so it ends at once and says why.
 */

import { type DeadMan, erlangBoot } from './beam-boot.ts';

/**
 * When such a node exits by itself. Its start script decides what becomes of standard input, so the pipe of the launcher is
 * descriptor 3.
 */
export type ReleaseDeadMan = { readonly kind: 'descriptor' } | Extract<DeadMan, { kind: 'owner' }>;

export function releaseBoot(title: 'Elixir' | 'Erlang', deadMan: ReleaseDeadMan): string {
  return `
Refuse = fun(Format, Values) ->
  io:format(standard_error, Format, Values),
  erlang:halt(1)
end,
CheckName = fun(Name) ->
  atom_to_list(node()) =:= Name orelse Refuse("The release calls its node ~ts instead of ~ts. "
    "Do not set RELEASE_NODE, RELEASE_DISTRIBUTION or -name in its env.sh or in the flags of the emulator.~n", [node(), Name])
end,
CheckName(os:getenv("CONVOY_NODE")),
CheckCookie = fun(File) ->
  {ok, Text} = file:read_file(File),
  atom_to_list(erlang:get_cookie()) =:= string:trim(binary_to_list(Text)) orelse
    Refuse("The release does not take its cookie from the file in HOME.~n", [])
end,
CheckCookie(os:getenv("CONVOY_COOKIE_FILE")),
${erlangBoot(deadMan, title)}`;
}
