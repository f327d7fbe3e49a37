/**
 * Serves one registry for each folder of tarballs it is given, each with the releases of the folders before, and prints their addresses in one
 * line. For tests that install in a network of their own; ends with it.
 */

import { LocalRegistry } from './local-registry.ts';

const folders = process.argv.slice(2);
const registries = await Promise.all(
  folders.map(async (folder, index) => {
    const [first = folder, ...others] = folders.slice(0, index + 1);
    const registry = await LocalRegistry.start(first);
    for (const other of others) registry.publish(other);
    return registry;
  }),
);
console.log(registries.map(({ url }) => url).join(' '));
