/** A program that runs all attackers at once until its input ends, and then prints their counts. */

import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { type Counts, type Target } from './attacker.ts';
import { idlers } from './idlers.ts';
import { insiders } from './insiders.ts';
import { nameTakers } from './name-takers.ts';
import { pages } from './pages.ts';
import { shouter } from './shouter.ts';
import { strangers } from './strangers.ts';

export type Report = Readonly<Record<string, Counts>>;

const target = JSON.parse(process.env['HOSTILE_TARGET'] ?? '') as Target;
const attackers = [strangers, insiders, pages, idlers, nameTakers, shouter].map((make) => make(target));
const stop = new AbortController();
const running = Promise.all(attackers.map((attacker) => attacker.run(stop.signal)));
await Promise.race([once(process.stdin.resume(), 'end'), running]);
stop.abort();
// An attacker that waits forever must not hold up the counts of the others.
await Promise.race([running, delay(5000)]);
const report: Report = Object.fromEntries(attackers.map(({ name, counts }) => [name, counts]));
console.log(JSON.stringify(report));
process.exit();
