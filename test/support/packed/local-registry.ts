/**
 * A registry of npm packages on loopback: our own as they would be published, and what they depend on as it is installed in this
 * repository. So a test installs by name, as people do, with nothing but this machine.
 */

import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
}

/** One version of a package. */
interface Release {
  readonly manifest: Manifest;
  readonly tarball: () => Buffer;
}

const modules = fileURLToPath(new URL('../../../node_modules', import.meta.url));

export class LocalRegistry implements AsyncDisposable {
  readonly #packages = new Map<string, Map<string, Release>>();
  readonly #server: Server;

  private constructor() {
    this.#server = createServer((request, response) => this.#answer(request, response));
  }

  /** Serves the tarballs in `folder`, and their dependencies. */
  static async start(folder: string): Promise<LocalRegistry> {
    const registry = new LocalRegistry();
    registry.publish(folder);
    registry.#server.listen(0, '127.0.0.1');
    await once(registry.#server, 'listening');
    return registry;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/`;
  }

  /** Adds the tarballs of another folder, as a release does. */
  publish(folder: string): void {
    const files = readdirSync(folder).filter((name) => name.endsWith('.tgz'));
    for (const file of files) {
      const path = join(folder, file);
      const text = execFileSync('tar', ['-xOzf', path, 'package/package.json'], { encoding: 'utf8' });
      const manifest = JSON.parse(text) as Manifest;
      this.#add({ manifest, tarball: () => readFileSync(path) });
      this.#addDependencies(manifest, modules);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }

  /** What a package in or beside `folder` wants, as Node.js would find it from there. */
  #addDependencies(manifest: Manifest, folder: string): void {
    const wanted = {
      ...manifest.dependencies,
      ...manifest.optionalDependencies,
      ...manifest.peerDependencies,
    };
    for (const name of Object.keys(wanted)) {
      const found = name.startsWith('@convoy/') ? undefined : findInstalled(name, folder);
      if (found === undefined) continue;
      const text = readFileSync(join(found, 'package.json'), 'utf8');
      const dependency = JSON.parse(text) as Manifest;
      if (this.#packages.get(dependency.name)?.has(dependency.version) === true) continue;
      this.#add({ manifest: dependency, tarball: () => pack(found) });
      this.#addDependencies(dependency, join(found, 'node_modules'));
    }
  }

  #add(release: Release): void {
    const { name, version } = release.manifest;
    const releases = this.#packages.get(name) ?? new Map<string, Release>();
    releases.set(version, release);
    this.#packages.set(name, releases);
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const path = decodeURIComponent(new URL(request.url ?? '/', this.url).pathname).slice(1);
    const [name = '', version] = path.split('/-/');
    const releases = this.#packages.get(name);
    const release = version === undefined ? undefined : releases?.get(version.replace(/\.tgz$/, ''));
    if (release !== undefined) response.end(release.tarball());
    else if (releases !== undefined && version === undefined) {
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify(this.#document(name, releases)));
    } else {
      response.statusCode = 404;
      response.end('{}');
    }
  }

  #document(name: string, releases: ReadonlyMap<string, Release>): object {
    const versions = Array.from(releases, ([version, { manifest }]) => [
      version,
      { ...manifest, dist: { tarball: `${this.url}${name}/-/${version}.tgz` } },
    ]);
    return {
      name,
      'dist-tags': { latest: [...releases.keys()].at(-1) },
      versions: Object.fromEntries(versions) as object,
    };
  }
}

function findInstalled(name: string, from: string): string | undefined {
  for (let folder = from; folder !== dirname(folder); folder = dirname(folder)) {
    const path = folder.endsWith('node_modules') ? join(folder, name) : join(folder, 'node_modules', name);
    if (existsSync(join(path, 'package.json'))) return path;
  }
  return undefined;
}

function pack(folder: string): Buffer {
  const words = ['-czf', '-', '--exclude=./node_modules', '--transform=s,^\\.,package,', '-C', folder, '.'];
  return execFileSync('tar', words, { maxBuffer: 1 << 28 });
}
