/** Packs what is published into a folder: `npm run pack -- FOLDER`. */

import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { packInto } from './packing.ts';

const [folder] = process.argv.slice(2);
if (folder === undefined) {
  console.error('usage: npm run pack -- FOLDER');
  process.exit(2);
}
packInto(folder);
for (const file of readdirSync(folder).sort()) console.log(join(folder, file));
