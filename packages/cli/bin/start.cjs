/** Runs the built command. In a clone where nothing is built it runs the sources instead. */
'use strict';

const { existsSync } = require('node:fs');
const { registerHooks } = require('node:module');
const path = require('node:path');
const { pathToFileURL } = require('node:url');

const condition = '@convoy/source';
const flag = `--conditions=${condition}`;
const built = path.join(__dirname, '../dist/main.js');
const source = path.join(__dirname, '../src/main.ts');

if (!process.execArgv.includes(flag) && existsSync(built)) {
  void import(pathToFileURL(built).href);
} else if (Number.parseInt(process.versions.node, 10) < 24) {
  process.stderr.write(
    `convoy: Node.js 24 or later is needed to run the sources; this is ${process.versions.node}; run \`npm run build\` first\n`,
  );
  process.exitCode = 2;
} else {
  if (!process.execArgv.includes(flag)) {
    registerHooks({
      resolve: (specifier, context, next) =>
        next(specifier, { ...context, conditions: [...context.conditions, condition] }),
    });
    // For the nodes that this process starts: they get its flags.
    process.execArgv.push(flag);
  }
  void import(pathToFileURL(source).href);
}
