/**
 * Builds the API reference from the doc comments of every door: `npm run docs` writes it to `docs/api/`, which is not
 * committed. An exported declaration without a doc comment, or a link that leads nowhere, fails the run.
 */

import { globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Application, type TypeDocOptions } from 'typedoc';

interface Manifest {
  readonly name: string;
  readonly private?: boolean;
  readonly exports?: Readonly<Record<string, string | { readonly '@convoy/source': string }>>;
}

const manifests = globSync('packages/*/package.json')
  .sort()
  .map((path) => ({ folder: dirname(path), ...(JSON.parse(readFileSync(path, 'utf8')) as Manifest) }))
  .filter((manifest) => manifest.private !== true);

const options: TypeDocOptions = {
  name: 'Convoy',
  entryPoints: manifests.flatMap(doorsOf),
  tsconfig: 'tsconfig.json',
  out: 'docs/api',
  readme: 'none',
  // `npm run types` checks them with the native compiler.
  skipErrorChecking: true,
  excludePrivate: true,
  excludeInternal: true,
  validation: { notExported: false, invalidLink: true, notDocumented: true },
  packagesRequiringDocumentation: manifests.map((manifest) => manifest.name),
  // A member needs a comment only where its name does not say it all: no rule can tell.
  requiredToBeDocumented: ['Class', 'Enum', 'Function', 'Interface', 'TypeAlias', 'Variable'],
};

const app = await Application.bootstrap(options);
const project = await app.convert();
if (project === undefined) process.exit(1);
app.validate(project);
const faults = app.logger.warningCount + app.logger.errorCount;
if (faults > 0) {
  console.error(`${faults} faults in the doc comments: see above.`);
  process.exit(1);
}
await app.generateOutputs(project);

/** The sources behind the doors of a package. */
function doorsOf(manifest: Manifest & { readonly folder: string }): string[] {
  return Object.values(manifest.exports ?? {})
    .filter((door) => typeof door === 'object')
    .map((door) => join(manifest.folder, door['@convoy/source']));
}
