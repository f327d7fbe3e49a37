/** The variables in which Railway's own programs look for a token. Loads no client. Pure. */

/** Names of the variables, the one that takes precedence first. */
export const railwayTokenVariables = ['RAILWAY_TOKEN', 'RAILWAY_API_TOKEN'] as const;

/** The token in an environment. As in Railway's own command, a project token takes precedence over an account token. */
export function railwayToken(env: NodeJS.ProcessEnv): string | undefined {
  return railwayTokenVariables.map((name) => env[name]).find((token) => token !== undefined && token !== '');
}
