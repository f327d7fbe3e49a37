/** The `convoy` command. */

import { keepCompiledCode } from './compile-cache.ts';
import { endWithNpm } from './npm-parent.ts';

keepCompiledCode();
endWithNpm();
const { runProgram } = await import('./program.ts');
await runProgram(process.argv.slice(2));
