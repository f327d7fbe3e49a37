/** What a host printed when it did not run a script or could not carry it out, with the remedy that fits. Pure. */

const longestReason = 200;

const remedies: readonly (readonly [pattern: RegExp, remedy: string])[] = [
  [
    /no space left|disk quota exceeded/i,
    'Free space where the home folder of the login is, or use another login.',
  ],
  [/read-only file system/i, 'Use a login whose home folder is writable.'],
  [/permission denied|operation not permitted/i, 'Give the login write access to its home folder.'],
  [/sftp/i, 'The account is for file transfers only: use a login that has a shell.'],
  [
    /account is currently not available|nologin|this account/i,
    'The account has no shell: use another login, or set its shell with `chsh`.',
  ],
];

const anyRemedy =
  'Use a login with a POSIX /bin/sh that is not replaced by another program, such as ForceCommand, or `exec` in a startup file of its shell.';

/** The remedy for a message of a host, if it is a known one. */
export function remedyFor(message: string): string | undefined {
  return remedies.find(([pattern]) => pattern.test(message))?.[1];
}

/** Why a host did not run a script, in its own words if it said any: many refusals are printed on standard output. */
export function describeRefusal({
  stdout,
  stderr,
  code,
}: {
  readonly stdout: string;
  readonly stderr: string;
  readonly code: number | undefined;
}): { readonly why: string; readonly remedy: string } {
  const said = lastLine(stderr) ?? lastLine(stdout);
  const why = said ?? `its shell ended with code ${code ?? 'none'} and printed nothing`;
  return { why, remedy: remedyFor(`${stdout.slice(-4096)}\n${stderr}`) ?? anyRemedy };
}

function lastLine(output: string): string | undefined {
  const line = output.trimEnd().split('\n').at(-1)?.trim().slice(0, longestReason);
  return line === undefined || line === '' ? undefined : withoutControls(line);
}

export function withoutControls(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Cf}]/gu, '');
}
