/** Every fault that is staged, by kind. The table in docs/guide/doctor-faults.md is made of it. */

import { clusters } from './staged/clusters.ts';
import { epmd } from './staged/epmd.ts';
import { handshakes } from './staged/handshakes.ts';
import { hosts } from './staged/hosts.ts';
import { names } from './staged/names.ts';
import { ports } from './staged/ports.ts';
import type { StagedKind } from './staged-fault.ts';
import { throughSsh } from './staged/through-ssh.ts';

export const catalogue: readonly StagedKind[] = [names, hosts, epmd, ports, handshakes, clusters, throughSsh];
