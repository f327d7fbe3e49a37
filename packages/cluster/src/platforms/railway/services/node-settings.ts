/** The distribution port of a node, as the variables of its service set it. Pure. */

const flagVariables = ['ERL_AFLAGS', 'ERL_FLAGS', 'ERL_ZFLAGS', 'ELIXIR_ERL_OPTIONS'];
/** In the order in which OTP prefers them. */
const portFlags = [
  /(?:^|\s)-erl_epmd_port\s+(\d{1,5})(?=\s|$)/,
  /\berl_epmd_node_listen_port\s+(\d{1,5})(?=\s|$)/,
  /\binet_dist_listen_min\s+(\d{1,5})(?=\s|$)/,
];
const portVariables = ['ERL_DIST_PORT', 'CONVOY_DIST_PORT', 'CONVOY_LISTEN_PORT'];

/** The port; `undefined` if no variable sets one, so that only the EPMD in the container knows it. */
export function distPortOf(variables: Readonly<Record<string, string>>): number | undefined {
  const flags = flagVariables.map((name) => variables[name] ?? '').join(' ');
  const texts = [
    ...portFlags.map((pattern) => pattern.exec(flags)?.[1]),
    ...portVariables.map((name) => variables[name]),
  ];
  return texts.map(Number).find((port) => Number.isInteger(port) && port > 0 && port < 65_536);
}
