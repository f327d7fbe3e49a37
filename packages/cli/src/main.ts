/** The `convoy` command. */

import { keepCompiledCode } from './compile-cache.ts';
import { endWithNpm } from './npm-parent.ts';

keepCompiledCode();
endWithNpm();
const { runProgram, wordsOf } = await import('./program.ts');
await runProgram(wordsOf(process.argv));
