/** What has to be true of a package as npm publishes it: its manifest, and the files of its tarball. Pure. */

import { posix } from 'node:path';

export interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly description?: string;
  readonly license?: string;
  readonly keywords?: readonly string[];
  readonly homepage?: string;
  readonly bugs?: { readonly url: string };
  readonly repository?: { readonly url: string; readonly directory?: string };
  readonly engines?: { readonly node: string };
  readonly exports?: Readonly<Record<string, string | Readonly<Record<string, string>>>>;
  readonly bin?: Readonly<Record<string, string>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
}

export interface PackedPackage {
  readonly manifest: Manifest;
  /** The name of its folder in `packages`. */
  readonly folder: string;
  /** The paths in the tarball. */
  readonly files: readonly string[];
  readonly read: (path: string) => string;
}

const allowed =
  /^(?:bin\/[\w-]+\.cjs|dist\/.+\.(?:js|d\.ts)(?:\.map)?|dist\/web\/.+|src\/.+|erlang\/\w+\.erl|README\.md|LICENSE|package\.json)$/;

/** Everything that is wrong, each as one line. `root` is the manifest of the workspace. */
export function packageFaults(packed: PackedPackage, root: Manifest): string[] {
  const faults = [
    ...fileFaults(packed),
    ...doorFaults(packed),
    ...mapFaults(packed),
    ...manifestFaults(packed, root),
    ...linkFaults(packed),
  ];
  return faults.map((fault) => `${packed.manifest.name}: ${fault}`);
}

function fileFaults({ files }: PackedPackage): string[] {
  const wanted = ['LICENSE', 'README.md'].filter((file) => !files.includes(file));
  return [
    ...files.filter((file) => !allowed.test(file)).map((file) => `would publish ${file}`),
    ...wanted.map((file) => `has no ${file}`),
  ];
}

/** Every condition of every door leads to a file of the tarball, the private one for the sources too. */
function doorFaults({ manifest, files }: PackedPackage): string[] {
  const doors = Object.values(manifest.exports ?? {}).flatMap((door) =>
    typeof door === 'string' ? [door] : Object.values(door),
  );
  return [...doors, ...Object.values(manifest.bin ?? {})]
    .filter((target) => !files.includes(posix.normalize(target)))
    .map((target) => `${target} is not in the tarball`);
}

/** A source map names files of the tarball, and a file that names a map has it. */
function mapFaults({ files, read }: PackedPackage): string[] {
  const inTarball = new Set(files);
  const lost = (map: string): string[] => {
    const { sources } = JSON.parse(read(map)) as { sources: readonly string[] };
    return sources
      .map((source) => posix.join(posix.dirname(map), source))
      .filter((source) => !inTarball.has(source))
      .map((source) => `${map} names ${source}, which is not in the tarball`);
  };
  const code = files.filter((file) => /^dist\/(?!web\/).+\.(?:js|d\.ts)$/.test(file));
  const named = code.flatMap((file) => {
    const [, map] = /\/\/# sourceMappingURL=(\S+)\s*$/.exec(read(file)) ?? [];
    const path = map === undefined ? undefined : posix.join(posix.dirname(file), map);
    return path === undefined || inTarball.has(path)
      ? []
      : [`${file} names ${path}, which is not in the tarball`];
  });
  return [...files.filter((file) => file.endsWith('.map')).flatMap(lost), ...named];
}

function manifestFaults({ manifest, folder }: PackedPackage, root: Manifest): string[] {
  const ours = Object.entries({ ...manifest.dependencies, ...manifest.peerDependencies }).filter(([name]) =>
    name.startsWith('@convoy/'),
  );
  const isAt = (url: string | undefined): boolean => url !== undefined && url === root.repository?.url;
  return [
    manifest.version === root.version ? [] : [`has version ${manifest.version}, not ${root.version}`],
    ours.filter(([, range]) => range !== root.version).map(([name, range]) => `wants ${name} ${range}`),
    manifest.engines?.node === root.engines?.node ? [] : [`engines.node is not ${root.engines?.node}`],
    (manifest.keywords ?? []).length > 0 ? [] : ['has no keywords'],
    manifest.license === root.license ? [] : [`license is not ${root.license}`],
    manifest.bugs?.url === root.bugs?.url ? [] : [`bugs.url is not ${root.bugs?.url}`],
    isAt(manifest.repository?.url) ? [] : [`repository.url is not ${root.repository?.url}`],
    manifest.repository?.directory === `packages/${folder}` ? [] : ['repository.directory is not its folder'],
  ].flat();
}

/** npm shows the README apart from the repository, where a relative link leads nowhere. */
function linkFaults({ files, read }: PackedPackage): string[] {
  if (!files.includes('README.md')) return [];
  const targets = read('README.md').matchAll(/\]\(([^)\s]+)\)/g);
  return Array.from(targets, ([, target = '']) => target)
    .filter((target) => !/^(?:https:|#)/.test(target))
    .map((target) => `README.md has the relative link ${target}`);
}
