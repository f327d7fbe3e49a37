/**
 * nginx or Caddy with exactly the configuration in docs/guide/reverse-proxy.md; only addresses, ports and files are those of the
 * test. This proves that the guide works.
 */

import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Certificate } from '../certificates.ts';
import { endProcess, ProcessOutput } from '../child-process.ts';
import { eventually } from '../eventually.ts';
import { freePort } from '../free-port.ts';

export type ProxyKind = 'nginx' | 'caddy';

const programs: Readonly<Record<ProxyKind, string>> = { nginx: '/usr/sbin/nginx', caddy: '/usr/bin/caddy' };
const guide = fileURLToPath(new URL('../../../docs/guide/reverse-proxy.md', import.meta.url));
/** The name in the guide's examples. */
export const guideHost = 'console.example.com';

/** Why tests with that proxy cannot run here, or `false`. In CI a missing nginx is a failure; not every release has Caddy. */
export function withoutProxy(kind: ProxyKind): string | false {
  if (existsSync(programs[kind]) || (kind === 'nginx' && process.env['CI'] !== undefined)) return false;
  return `no ${kind}: apt-get install ${kind}`;
}

export interface ReverseProxy extends AsyncDisposable {
  /** Its port on 127.0.0.1. */
  readonly port: number;
}

/** The code block of the guide with each text replaced; fails when one is missing. */
function fromGuide(kind: ProxyKind, replacements: Readonly<Record<string, string>>): string {
  const block = new RegExp(`\`\`\`${kind}\n([^]*?)\`\`\``).exec(readFileSync(guide, 'utf8'))?.[1] ?? '';
  let text = block;
  for (const [from, to] of Object.entries(replacements)) {
    if (!text.includes(from)) throw new Error(`the ${kind} block of the guide has no "${from}"`);
    text = text.replaceAll(from, to);
  }
  return text;
}

function nginxConfig(folder: string, server: string): string {
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (name) => `  ${name}_temp_path ${join(folder, name)};`,
  );
  return [
    'daemon off;',
    'master_process off;',
    `pid ${join(folder, 'nginx.pid')};`,
    'error_log stderr;',
    'events {}',
    'http {',
    ...temporary,
    '  access_log off;',
    server,
    '}',
  ].join('\n');
}

/** Starts it in front of the console that listens on `consolePort` of 127.0.0.1, and waits until it accepts. */
export async function startReverseProxy(
  kind: ProxyKind,
  { consolePort, certificate }: { consolePort: number; certificate: Certificate },
): Promise<ReverseProxy> {
  const folder = mkdtempSync(join(tmpdir(), `convoy-${kind}-`));
  const port = await freePort();
  const shared = {
    '127.0.0.1:4000': `127.0.0.1:${consolePort}`,
    '/etc/ssl/console.pem': certificate.certFile,
    '/etc/ssl/console.key': certificate.keyFile,
  };
  const config = join(folder, 'config');
  if (kind === 'nginx') {
    const server = fromGuide(kind, { ...shared, 'listen 443 ssl': `listen 127.0.0.1:${port} ssl` });
    writeFileSync(config, nginxConfig(folder, server));
  } else {
    const site = `https://${guideHost}:${port} {\n  bind 127.0.0.1\n`;
    const global = '{\n  admin off\n  auto_https disable_redirects\n}\n';
    writeFileSync(config, global + fromGuide(kind, { ...shared, [`${guideHost} {\n`]: site }));
  }
  const words =
    kind === 'nginx'
      ? ['-p', folder, '-c', config, '-e', 'stderr']
      : ['run', '--config', config, '--adapter', 'caddyfile'];
  const env = { ...process.env, HOME: folder, XDG_DATA_HOME: folder, XDG_CONFIG_HOME: folder };
  const child = spawn(programs[kind], words, { stdio: ['ignore', 'pipe', 'pipe'], env });
  const output = new ProcessOutput(child, kind);
  const end = async (): Promise<void> => {
    await endProcess(child, 'SIGTERM');
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    await eventually(
      () => `${kind} to accept on port ${port}; it said:\n${output.text}`,
      30_000,
      () => accepts(port),
    );
  } catch (error) {
    await end();
    throw error;
  }
  return { port, [Symbol.asyncDispose]: end };
}

function accepts(port: number): Promise<boolean> {
  const socket = connect({ host: '127.0.0.1', port });
  return new Promise<boolean>((resolve) => {
    socket.once('connect', () => resolve(true));
    socket.once('error', () => resolve(false));
  }).finally(() => socket.destroy());
}
