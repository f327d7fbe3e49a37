/**
 * `npm run goldens`: asks a real Erlang/OTP for the external form of every golden expression and writes
 * test/goldens/otp-<release>.json. The release on PATH is always asked; another release if
 * `CONVOY_OTP_27=/directory` says where it is (see test/support/erlang/erlang-release.ts).
 */

import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findInstallation, otpReleases, type OtpRelease } from '../test/support/erlang/erlang-release.ts';
import { goldenExpressions, type GoldenExpression } from './golden-expressions.ts';

/** Reads `OPTIONS<tab>EXPRESSION` lines and prints the bytes of each, in hexadecimal. */
const program = `
  Value = fun(Text) ->
    {ok, Tokens, _} = erl_scan:string(Text ++ "."),
    {ok, Parsed} = erl_parse:parse_exprs(Tokens),
    {value, Term, _} = erl_eval:exprs(Parsed, []),
    Term
  end,
  Loop = fun Loop() ->
    case io:get_line("") of
      eof -> ok;
      Line ->
        [Options, Expression] = string:split(string:trim(Line), "\\t"),
        Bytes = term_to_binary(Value(Expression), Value(Options)),
        io:format("~s~n", [[io_lib:format("~2.16.0b", [Byte]) || <<Byte>> <= Bytes]]),
        Loop()
    end
  end,
  io:format("~s~n", [erlang:system_info(otp_release)]), Loop(), halt().`;

const usualOptions = '[{minor_version, 2}]';

interface Capture {
  readonly release: string;
  readonly bytes: readonly string[];
}

function capture(release: OtpRelease): Capture {
  const installation = findInstallation(release);
  if (installation === undefined) throw new Error(`no Erlang/OTP ${release} here`);
  const command = ['erl', '-noshell', '-eval', program];
  const [first = '', ...rest] =
    installation.root === '' ? command : ['chroot', installation.root, ...command];
  const input = goldenExpressions.map(
    ({ options, expression }) => `${options ?? usualOptions}\t${expression}\n`,
  );
  const run = spawnSync(first, rest, {
    input: input.join(''),
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  const [printed = '', ...bytes] = run.stdout.trim().split('\n');
  if (run.status === 0 && bytes.length === goldenExpressions.length) return { release: printed, bytes };
  throw new Error(
    `Erlang/OTP ${release} stopped after ${bytes.length} expressions: ${run.stdout.slice(-500)}`,
  );
}

function fileOf({ release, bytes }: Capture): string {
  const header = {
    otp: release,
    captured: 'npm run goldens',
    form: 'term_to_binary(Expression, Options), Options [{minor_version, 2}] unless given',
    mayDiffer:
      'Values marked "varies" hold pids, references, ports and funs of the node that was asked. Maps of more than 32 ' +
      'keys (from OTP 26 on all maps) may have their keys in another order. Compressed data depends on zlib.',
  };
  const line = (golden: GoldenExpression, at: number): string =>
    `    ${JSON.stringify({ ...golden, bytes: bytes[at] })}`;
  const vectors = goldenExpressions.map(line).join(',\n');
  return `{\n  "header": ${JSON.stringify(header, null, 2).replaceAll('\n', '\n  ')},\n  "vectors": [\n${vectors}\n  ]\n}\n`;
}

for (const release of otpReleases()) {
  const captured = capture(release);
  const path = join(import.meta.dirname, '..', 'test', 'goldens', `otp-${captured.release}.json`);
  writeFileSync(path, fileOf(captured));
  console.log(`${path}: ${captured.bytes.length} vectors`);
}
