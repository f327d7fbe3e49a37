/**
 * Erlang that goes through long lists in parts, for the questions that sweep. Pure.
 */

/** `Chunked(List, Most)`: the first `Most` elements in lists of 1000; the question rests after each of them. */
export const chunking: string = `
  Chunked = fun(Whole, Upto) ->
    (fun
      Split(0, _, Done) -> lists:reverse(Done);
      Split(Left, Others, Done) ->
        Size = erlang:min(1000, Left),
        {Head, Tail} = lists:split(Size, Others),
        Split(Left - Size, Tail, [Head | Done])
    end)(erlang:min(length(Whole), Upto), lists:sublist(Whole, Upto), [])
  end,
`;

/** `Hits(Text)`: whether `Needle`, text in lower case or `false` for everything, is in that text. Bytes that are not text have no match. */
export const matching: string = `
  Hits = fun
    (_) when Needle =:= false -> true;
    (Shown) -> try string:find(string:lowercase(Shown), Needle) =/= nomatch catch _:_ -> false end
  end,
`;
