/**
 * Which Erlang/OTP releases this machine can run: '25' (or the one on PATH) directly, others by chroot in a directory created
 * by debootstrap. `missingPeer` gives tests the reason to skip.
 */

import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { peersFolder } from '../../../scripts/testing/peers.ts';

export type OtpRelease = '23' | '25' | '27' | '29';
export type PeerKind = 'erl' | 'elixir';

/** How to run programs of one release. `root` is '' for the machine itself. */
export interface Installation {
  readonly release: OtpRelease;
  readonly root: string;
}

const onPath: OtpRelease = '25';

/** Where the release is installed, or `undefined`. `CONVOY_OTP_27=/dir` overrides the folder of the peers. */
export function findInstallation(release: OtpRelease): Installation | undefined {
  if (release === onPath) return findProgram('', 'erl') === undefined ? undefined : { release, root: '' };
  const root = process.env[`CONVOY_OTP_${release}`] ?? join(peersFolder(), `otp-${release}`);
  const usable = existsSync(join(root, 'usr/bin/erl')) && process.getuid?.() === 0;
  return usable ? { release, root } : undefined;
}

/** The releases that can be started here, oldest first. */
export function otpReleases(): OtpRelease[] {
  return (['23', '25', '27', '29'] as const).filter((release) => findInstallation(release) !== undefined);
}

/**
 * Why a test with this peer cannot run here, or `false`: `test(title, { skip: missingPeer('27') }, ...)`. Throws where
 * `CI` is set, because there a missing peer is a failure.
 */
export function missingPeer(release: OtpRelease = onPath, kind: PeerKind = 'erl'): string | false {
  const installation = findInstallation(release);
  if (installation !== undefined && findProgram(installation.root, kind) !== undefined) return false;
  const where =
    release === onPath
      ? `\`${kind}\` is not on PATH: apt-get install erlang-base elixir`
      : `no OTP ${release} in CONVOY_OTP_${release} or ${peersFolder()} (needs root for chroot)`;
  if (process.env['CI']) throw new Error(`a peer is missing and CI is set: ${where}`);
  return where;
}

function findProgram(root: string, program: string): string | undefined {
  if (root !== '') {
    const path = join('/usr/bin', program);
    return existsSync(join(root, path)) ? path : undefined;
  }
  const found = spawnSync('which', [program], { encoding: 'utf8' });
  return found.status === 0 ? found.stdout.trim() : undefined;
}
