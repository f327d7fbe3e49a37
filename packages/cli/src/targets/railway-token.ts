/** The token of Railway in an environment; as for Railway's own command, that of a project goes before one of an account. */
export function railwayToken(env: NodeJS.ProcessEnv): string | undefined {
  return [env['RAILWAY_TOKEN'], env['RAILWAY_API_TOKEN']].find(
    (token) => token !== undefined && token !== '',
  );
}
