/** The Railway token in an environment. As in Railway's own CLI, a project token takes precedence over an account token. */
export function railwayToken(env: NodeJS.ProcessEnv): string | undefined {
  return [env['RAILWAY_TOKEN'], env['RAILWAY_API_TOKEN']].find(
    (token) => token !== undefined && token !== '',
  );
}
