/** What a script learns from the exit code of a command. Documented in docs/guide/cli.md. */

export const exitCodes = {
  done: 0,
  /** It was tried and failed: a remote exception, a launch that did not come up, a refusal. */
  failed: 1,
  /** The command line, the configuration or the cookie is wrong; nothing was tried. */
  usage: 2,
  /** The node, or the EPMD that knows it, cannot be reached or does not let us in. */
  unreachable: 3,
  /** No console runs on the data directory. */
  noConsole: 4,
  /** `convoy up` or `convoy node` has failed inside and ended. */
  fault: 70,
} as const;

/** The exit code for an error with this code; '' for errors without one. */
export function exitCodeFor(code: string): number {
  if (code === 'CLI_NO_CONSOLE') return exitCodes.noConsole;
  if (/^(?:CLI_BAD_|CLI_NO_COOKIE|CONSOLE_BAD_OPTION|NODE_BAD_|SSH_BAD_|DECODE_|PARSE_)/.test(code))
    return exitCodes.usage;
  const isUnreachable =
    /^(?:CONNECTION_|HANDSHAKE_|SSH_|TUNNEL_|HOST_NO_NODE|EPMD_(?:UNREACHABLE|TIMEOUT|BAD_REPLY)|CALL_NODEDOWN)/.test(
      code,
    );
  return isUnreachable ? exitCodes.unreachable : exitCodes.failed;
}
