/**
 * The term codec checked by real emulators: they decode and encode what we encode, we decode and encode their random terms,
 * and both sides must agree that nothing changed.
 */

import assert from 'node:assert/strict';
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { describe, test } from 'node:test';
import { decode, encode, equals, inspect, type Term, TermMap } from '@convoy/node/etf';
import fc from 'fast-check';
import { anyTerm } from '../../../packages/node/test/etf/term-arbitrary.ts';
import { waitForClose } from '../../support/child-process.ts';
import { findInstallation, missingPeer, type OtpRelease } from '../../support/erlang/erlang-release.ts';
import { testedReleases } from '../../support/extent.ts';

/**
 * Answers lines on standard input. `read HEX`: the term of these bytes, written again. `make SEED`: a random term.
 * `same SEED HEX`: whether these bytes are that term.
 */
const judge = String.raw`
  Hex = fun(Bytes) -> [io_lib:format("~2.16.0b", [Byte]) || <<Byte>> <= Bytes] end,
  Bytes = fun(Text) -> << <<(list_to_integer([A, B], 16))>> || [A, B] <- (fun Pairs([X, Y | Rest]) -> [[X, Y] | Pairs(Rest)]; Pairs([]) -> [] end)(Text) >> end,
  Write = fun(Term) -> term_to_binary(Term, [{minor_version, 2}]) end,
  Leaf = fun() ->
    case rand:uniform(16) of
      1 -> rand:uniform(300) - 150;
      2 -> rand:uniform(1 bsl 40) - (1 bsl 39);
      3 -> (rand:uniform(1 bsl 62) bsl rand:uniform(300)) * (1 - 2 * rand:uniform(2) + 2);
      4 -> (rand:uniform() - 0.5) * math:pow(10, rand:uniform(600) - 300);
      5 -> float(rand:uniform(1000));
      6 -> lists:nth(rand:uniform(6), [ok, true, false, nil, undefined, 'two words']);
      7 -> list_to_atom([rand:uniform(3000) || _ <- lists:seq(1, rand:uniform(20))]);
      8 -> << <<(rand:uniform(256) - 1)>> || _ <- lists:seq(1, 60 + rand:uniform(200)) >>;
      9 -> << <<(rand:uniform(256) - 1)>> || _ <- lists:seq(1, rand:uniform(90)) >>;
      10 -> <<(rand:uniform(1 bsl 20)):21>>;
      11 -> [rand:uniform(256) - 1 || _ <- lists:seq(1, rand:uniform(40))];
      12 -> list_to_pid("<0." ++ integer_to_list(rand:uniform(30000)) ++ ".0>");
      13 -> make_ref();
      14 -> fun lists:map/2;
      15 -> [];
      16 -> {}
    end
  end,
  Term = fun Make(Depth) ->
    Inside = fun() -> [Make(Depth - 1) || _ <- lists:seq(1, rand:uniform(4))] end,
    case Depth > 0 andalso rand:uniform(7) of
      1 -> Inside();
      2 -> list_to_tuple(Inside());
      3 -> maps:from_list([{Make(Depth - 1), Make(Depth - 1)} || _ <- lists:seq(1, rand:uniform(5))]);
      4 -> Inside() ++ Leaf();
      5 -> maps:from_list([{rand:uniform(1 bsl 40), N} || N <- lists:seq(1, rand:uniform(60))]);
      _ -> Leaf()
    end
  end,
  Loop = fun Loop(Made) ->
    case io:get_line("") of
      eof -> halt();
      Line ->
        case string:split(string:trim(Line), " ", all) of
          ["read", Text] ->
            io:format("~s~n", [Hex(Write(binary_to_term(Bytes(Text))))]),
            Loop(Made);
          ["make", Seed] ->
            _ = rand:seed(exsss, list_to_integer(Seed)),
            Value = Term(3),
            io:format("~s~n", [Hex(Write(Value))]),
            Loop(Value);
          ["same", Text] ->
            io:format("~p~n", [binary_to_term(Bytes(Text)) =:= Made]),
            Loop(Made)
        end
    end
  end,
  Loop(none).`;

/** An emulator that answers one line for each line it is given. */
class Judge implements AsyncDisposable {
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #lines: AsyncIterator<string>;

  constructor(child: ChildProcessWithoutNullStreams) {
    this.#child = child;
    child.stderr.resume();
    this.#lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  }

  async ask(question: string): Promise<string> {
    this.#child.stdin.write(`${question}\n`);
    const { value, done } = await this.#lines.next();
    assert.ok(done !== true, `the emulator ended at: ${question.slice(0, 200)}`);
    return value;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.stdin.end();
    await waitForClose(this.#child);
  }
}

function startJudge(release: OtpRelease): Judge {
  const root = findInstallation(release)?.root ?? '';
  const command = ['erl', '-noshell', '-eval', judge];
  const [program = '', ...rest] = root === '' ? command : ['chroot', root, ...command];
  return new Judge(spawn(program, rest, { stdio: 'pipe' }));
}

const fromHex = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex, 'hex'));
const toHex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

/** Whether a term has several encodings: by the order of keys, or by the two forms of a port. */
function hasOpenForm(term: Term): boolean {
  const text = inspect(term, { syntax: 'erlang' });
  return text.includes('#{') || text.includes('#Port');
}

for (const release of testedReleases()) {
  describe(`terms and OTP ${release}`, { skip: missingPeer(release) }, () => {
    test('decodes 500 random terms that we encode, and encodes the same bytes', async () => {
      await using judge = startJudge(release);
      for (const term of fc.sample(anyTerm, { numRuns: 500, seed: 20_261_123 })) {
        const ours = toHex(encode(term));
        const theirs = await judge.ask(`read ${ours}`);
        assert.ok(equals(decode(fromHex(theirs)), term), inspect(term));
        if (!hasOpenForm(term)) assert.equal(theirs, ours);
      }
    });

    test('finds 500 of its own random terms unchanged after we decoded and encoded them', async () => {
      await using judge = startJudge(release);
      for (let seed = 1; seed <= 500; seed += 1) {
        const theirs = await judge.ask(`make ${seed}`);
        const ours = toHex(encode(decode(fromHex(theirs))));
        assert.equal(await judge.ask(`same ${ours}`), 'true');
        assert.equal(ours, theirs);
      }
    });

    test('reads maps from all JavaScript forms', async () => {
      await using judge = startJudge(release);
      const entries: [string, number][] = Array.from({ length: 50 }, (_, at) => [`key ${at}`, at]);
      for (const map of [Object.fromEntries(entries), new Map(entries), new TermMap(entries)]) {
        const theirs = await judge.ask(`read ${toHex(encode(map))}`);
        assert.ok(equals(decode(fromHex(theirs)), map));
      }
    });
  });
}
