/**
 * Where the application `observer` of a release is, which has etop. It is unpacked without installing it, since its package brings a whole
 * desktop library along: `scripts/testing/peers.ts` does so.
 */

import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { observerFolder } from '../../../scripts/testing/peers.ts';
import { findInstallation, type OtpRelease } from '../erlang/erlang-release.ts';

/** The folder for `-pa` as the emulator of the release sees it, or `undefined`. */
export function findObserver(release: OtpRelease): string | undefined {
  const root = findInstallation(release)?.root;
  if (root === undefined) return undefined;
  const libraries = join(root, observerFolder(root), 'usr/lib/erlang/lib');
  if (!existsSync(libraries)) return undefined;
  const observer = readdirSync(libraries).find((name) => name.startsWith('observer-'));
  return observer === undefined ? undefined : join(libraries, observer, 'ebin').slice(root.length);
}

/** Why etop of this release cannot be run here, or `false`. */
export function missingObserver(release: OtpRelease): string | false {
  return findObserver(release) === undefined ? `no observer for OTP ${release}: npm test unpacks it` : false;
}
