/**
 * How much of the tests a run holds, decided here and nowhere else. `npm test` holds one case of each kind, on the oldest and the newest
 * release of Erlang; `npm run test:all`, which sets CONVOY_TESTS=all, holds every release, every fault and the long runs.
 */

import { type OtpRelease, otpReleases } from './erlang/erlang-release.ts';

const isWhole = process.env['CONVOY_TESTS'] === 'all';
const representative: readonly OtpRelease[] = ['25', '29'];

/**
 * The releases of Erlang to test with, oldest first, installed or not: `{ skip: missingPeer(release) }` gives the reason.
 * OTP 23 is an extra of machines that have it.
 */
export function testedReleases(): readonly OtpRelease[] {
  if (!isWhole) return representative;
  const oldest = otpReleases().filter((release) => release === '23');
  return [...oldest, '25', '27', '29'];
}

/** Those of them that can be started here, for a test that goes through several. */
export function installedReleases(): readonly OtpRelease[] {
  return testedReleases().filter((release) => otpReleases().includes(release));
}

/** Of many cases of one kind, at most so many from all over the list; all of them in a run of everything. */
export function someOf<Case>(cases: readonly Case[], count: number): readonly Case[] {
  const step = Math.max(1, Math.ceil(cases.length / count));
  return isWhole ? cases : cases.filter((_, index) => index % step === 0);
}

/**
 * How many generated cases a property is tried with: `count` in a run of everything, otherwise a quarter of them. For
 * properties of which that many take longer than a second.
 */
export function runsOf(count: number): number {
  return isWhole ? count : Math.ceil(count / 4);
}

/**
 * For a test of which `npm test` has another case of the same kind, or which is long: `{ skip: onlyInAll() }`. `skip` is another
 * reason to leave it out, such as a `missingPeer`.
 */
export function onlyInAll(skip: string | false | undefined = false): string | false {
  return isWhole ? (skip ?? false) : 'runs with npm run test:all';
}
