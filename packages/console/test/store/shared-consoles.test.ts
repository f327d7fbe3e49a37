import { makeMemoryRecords } from '../../../../test/support/store/memory-records.ts';
import { testConsoleRecords } from '../../../../test/conformance/console-records.ts';

testConsoleRecords('in memory', makeMemoryRecords);
