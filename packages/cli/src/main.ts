#!/usr/bin/env node
/** The `convoy` command. */

import { keepCompiledCode } from './compile-cache.ts';

keepCompiledCode();
const { runProgram } = await import('./program.ts');
await runProgram(process.argv.slice(2));
