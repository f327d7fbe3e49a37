/**
 * How much of the tests a run contains, decided only here. `npm test` holds one case of each kind, on the oldest and the newest
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

/** The releases that can be started here, for a test that uses several. */
export function installedReleases(): readonly OtpRelease[] {
  return testedReleases().filter((release) => otpReleases().includes(release));
}

/** At most that many cases of one kind, spread over the list; in `test:all` all of them. */
export function someOf<Case>(cases: readonly Case[], count: number): readonly Case[] {
  const step = Math.max(1, Math.ceil(cases.length / count));
  return isWhole ? cases : cases.filter((_, index) => index % step === 0);
}

/**
 * The number of generated cases of a property: `count` in `test:all`, otherwise a quarter of it. For properties whose cases take
 * longer than a second.
 */
export function runsOf(count: number): number {
  return isWhole ? count : Math.ceil(count / 4);
}

/**
 * For a long test, or one of a kind of which `npm test` has another case: `{ skip: onlyInAll() }`. `skip` is an additional reason
 * to skip it, such as a `missingPeer`.
 */
export function onlyInAll(skip: string | false | undefined = false): string | false {
  return isWhole ? (skip ?? false) : 'runs with npm run test:all';
}
