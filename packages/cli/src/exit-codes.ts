/** Exit codes of the command, for scripts. Documented in docs/guide/cli.md. */

export const exitCodes = {
  done: 0,
  /** The command failed: a remote exception, a node that did not start, a refusal. */
  failed: 1,
  /** The command line, the configuration or the cookie is wrong, or an act was not confirmed; nothing was attempted. */
  usage: 2,
  /** The node or its EPMD cannot be reached, or the node refuses the connection. */
  unreachable: 3,
  /** No console is running on the data directory. */
  noConsole: 4,
  /** `convoy up` or `convoy node` ended because of an internal error. */
  fault: 70,
  /** Nothing reads standard output any more; programs that SIGPIPE ends are reported with this code. */
  lostOutput: 141,
} as const;

/** The exit code of a command that a signal has ended, as shells report it: 130 for SIGINT, 129 for SIGHUP. */
export function exitCodeOfSignal(signal: 'SIGINT' | 'SIGTERM' | 'SIGHUP'): number {
  return 128 + { SIGHUP: 1, SIGINT: 2, SIGTERM: 15 }[signal];
}

/** The exit code for an error with this code; '' for errors without one. */
export function exitCodeFor(code: string): number {
  if (code === 'CLI_NO_CONSOLE') return exitCodes.noConsole;
  if (
    /^(?:CLI_(?:BAD_|NO_COOKIE|AMBIGUOUS_NODE|NOT_CONFIRMED)|CONSOLE_BAD_OPTION|INSPECT_BAD_|NODE_BAD_|SSH_BAD_|DECODE_|PARSE_)/.test(
      code,
    )
  )
    return exitCodes.usage;
  const isUnreachable =
    /^(?:CLI_ATTACH_FAILED|CONNECTION_|HANDSHAKE_|SSH_|TUNNEL_|HOST_NO_NODE|EPMD_(?:UNREACHABLE|TIMEOUT|BAD_REPLY)|CALL_NODEDOWN)/.test(
      code,
    );
  return isUnreachable ? exitCodes.unreachable : exitCodes.failed;
}
