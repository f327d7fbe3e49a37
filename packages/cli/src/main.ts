#!/usr/bin/env node
/** The `convoy` command. */

import { runProgram } from './program.ts';

await runProgram(process.argv.slice(2));
