/**
 * What `erl` and `elixir` are asked about themselves: which version they are and which folder they are installed in. On many
 * machines the program on PATH is a shim of a version manager (asdf, mise), which chooses the version by files in the user's
 * HOME. A node has a HOME of its own, so it is started by the program in that folder instead. Pure.
 */

/** The answer of `erl` or `elixir`. */
export interface RuntimeAnswer {
  /** `27` */
  readonly otpRelease: string;
  /** The folder that holds `bin/erl`. */
  readonly otpRoot: string;
  /** `1.18.3`; missing in the answer of `erl`. */
  readonly elixirVersion?: string | undefined;
  /** The folder that holds `bin/elixir`; missing if Elixir is laid out in another way. */
  readonly elixirRoot?: string | undefined;
}

/** An Erlang expression that prints the answer and halts. It has no single quotes, for a shell. */
export const otpExpression: string =
  'io:format("convoy-otp ~ts ~ts~n", [erlang:system_info(otp_release), code:root_dir()]), halt().';

/** An Elixir expression that prints the answer. It has no single quotes, for a shell. */
export const elixirExpression: string =
  'IO.puts("convoy-otp #{:erlang.system_info(:otp_release)} #{:code.root_dir()}"); ' +
  'IO.puts("convoy-elixir #{System.version()} #{Path.expand(:code.lib_dir(:elixir))}")';

/** The arguments that ask a program. */
export const questionArguments: Readonly<Record<'erl' | 'elixir', readonly string[]>> = {
  erl: ['-noshell', '-eval', otpExpression],
  elixir: ['-e', elixirExpression],
};

/** Variables for a program that is asked: a shim must not install what is missing, nor look for newer versions. */
export const questionVariables = {
  MISE_OFFLINE: '1',
  MISE_AUTO_INSTALL: '0',
  MISE_EXEC_AUTO_INSTALL: '0',
  MISE_NOT_FOUND_AUTO_INSTALL: '0',
} as const;

/** Finds the answer in what the program printed; other lines, of a `.erlang` for example, do not matter. */
export function parseRuntimeAnswer(stdout: string): RuntimeAnswer | undefined {
  const [, otpRelease, otpRoot] = /^convoy-otp (\S+) (.+?)\r?$/m.exec(stdout) ?? [];
  if (otpRelease === undefined || otpRoot === undefined) return undefined;
  const [, elixirVersion, library] = /^convoy-elixir (\S+) (.+?)\r?$/m.exec(stdout) ?? [];
  return {
    otpRelease,
    otpRoot,
    elixirVersion,
    elixirRoot: library === undefined ? undefined : elixirRootOf(library),
  };
}

/** The folder above `lib/elixir`. */
export function elixirRootOf(library: string): string | undefined {
  return /^(.+)[\\/]lib[\\/]elixir$/.exec(library)?.[1];
}

/** Whether two programs say the same of themselves. */
export function isSameRuntime(one: RuntimeAnswer | undefined, other: RuntimeAnswer): boolean {
  return (
    one?.otpRelease === other.otpRelease &&
    one.otpRoot === other.otpRoot &&
    one.elixirVersion === other.elixirVersion
  );
}
