/** Reads the cookie of a user on a host from the files that OTP uses. */

import { HostError } from '../../../errors.ts';
import { runScript, type ScriptHost, type ScriptOptions, valueOf } from './remote-script.ts';

/** Options of `readCookie`. */
export interface ReadCookieOptions extends ScriptOptions {
  /** User whose cookie to read; the login needs access to that user's files. Default: the login user. */
  readonly user?: string | undefined;
}

/**
 * Returns the cookie in `~/.erlang.cookie` or, if that file is missing, in the one that OTP 25 and later use. It is sent over
 * the encrypted connection and never printed. Throws `HostError` HOST_NO_COOKIE.
 */
export async function readCookie(host: ScriptHost, options: ReadCookieOptions = {}): Promise<string> {
  const { user } = options;
  if (user !== undefined && !/^[A-Za-z_][A-Za-z0-9_.-]*$/.test(user)) {
    throw noCookie(host, `"${user}" is not a valid user name`);
  }
  const other =
    user === undefined
      ? ''
      : `[ "$(id -un)" = ${user} ] || home=$(getent passwd ${user} 2>/dev/null | cut -d: -f6)
[ -n "$home" ] || home=$(eval echo ~${user})`;
  const rows = await runScript(
    host,
    `home=$HOME
owner=$(id -u${user === undefined ? '' : ` ${user}`})
${other}
for file in "$home/.erlang.cookie" "\${XDG_CONFIG_HOME:-$home/.config}/erlang/.erlang.cookie"; do
  if [ -e "$file" ]; then
    # Another user could have put a link to somebody's cookie there, to make us prove it to a node of their own. The check is
    # on the opened file, so that it cannot be replaced before it is read.
    if [ -r "$file" ]; then {
      opened=/proc/self/fd/3
      [ -e "$opened" ] || opened=$file
      if [ "$(ls -lnLd "$opened" | awk '{ print $3 }')" = "$owner" ]; then say cookie "$(head -c 256 <&3)"
      else say foreign "$file"; fi
    } 3<"$file"
    else say hidden "$file"; fi
    break
  fi
done`,
    options,
  );
  const cookie = valueOf(rows, 'cookie');
  if (cookie !== undefined) return cookie;
  const [hidden, foreign] = [valueOf(rows, 'hidden'), valueOf(rows, 'foreign')];
  const userText = user ?? 'the login user';
  if (foreign !== undefined) throw noCookie(host, `${foreign} is not owned by ${userText}`);
  throw noCookie(
    host,
    hidden === undefined ? `${userText} has no cookie file` : `the login cannot read ${hidden}`,
  );
}

function noCookie(host: ScriptHost, why: string): HostError {
  return new HostError('HOST_NO_COOKIE', `no cookie can be read on ${host.name}: ${why}`, {
    host: host.name,
    remedy: 'Pass the cookie explicitly, or log in as the user who runs the node.',
  });
}
