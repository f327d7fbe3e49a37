/** Compiles an Erlang module on a node of a test, which may run any release in a separate tree. */

import { readFileSync } from 'node:fs';
import type { ErlangNode } from '../erlang-node.ts';

/** Loads the module in a file without macros, unless the node has it. The node's `kind` is `erl`. */
export async function loadModule(node: ErlangNode, file: URL): Promise<void> {
  const source = readFileSync(file).toString('base64');
  await node.eval(`
  (fun() ->
    Split = fun Split([], [], Forms) -> lists:reverse(Forms);
      Split([{dot, _} = Dot | Rest], Form, Forms) ->
        {ok, Parsed} = erl_parse:parse_form(lists:reverse([Dot | Form])),
        Split(Rest, [], [Parsed | Forms]);
      Split([Token | Rest], Form, Forms) -> Split(Rest, [Token | Form], Forms)
    end,
    {ok, Tokens, _} = erl_scan:string(unicode:characters_to_list(base64:decode("${source}"))),
    {ok, Module, Code} = compile:forms(Split(Tokens, [], []), []),
    erlang:module_loaded(Module) orelse code:load_binary(Module, "test", Code)
  end)().`);
}
