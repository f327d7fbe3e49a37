/** Faults and warnings about nodes that can be reached. Pure. */

import type { Fault } from '../model/diagnosis.ts';
import { makeFault } from './make-fault.ts';

export const oldestRelease = 25;

export function clockSkew(target: string, skewMs: number): Fault {
  const seconds = Math.round(Math.abs(skewMs) / 1000);
  return makeFault({
    code: 'CLOCK_SKEW',
    sentence: `the clock of ${target} is ${seconds} s ${skewMs > 0 ? 'ahead of' : 'behind'} this one`,
    remedy: 'Run a time service (chrony, systemd-timesyncd) on both machines.',
  });
}

export function oldRelease(target: string, release: string): Fault {
  return makeFault({
    code: 'OLD_RELEASE',
    sentence: `${target} runs OTP ${release}, which no longer receives fixes`,
    remedy: `Upgrade to OTP ${oldestRelease} or later.`,
  });
}

export function noReturnPath(target: string, address: string, ...evidence: readonly string[]): Fault {
  return makeFault(
    {
      code: 'RETURN_PATH',
      sentence: `${target} cannot dial back to ${address}: connections have to be opened from here`,
      remedy:
        'Open the ports on this side for it, or always connect from this side (a connection works in both directions).',
    },
    ...evidence,
  );
}

export function largePacketsLost(
  target: string,
  lost: { readonly there: boolean; readonly back: boolean; readonly bytes: number },
): Fault {
  const way = lost.there ? (lost.back ? `to and from ${target}` : `to ${target}`) : `from ${target}`;
  return makeFault(
    {
      code: 'LARGE_PACKETS_LOST',
      sentence: `small messages arrive, but ${lost.bytes} bytes at once are lost on the way ${way}`,
      remedy:
        'A part of the way has a smaller MTU, and its ICMP answers ("fragmentation needed") are dropped: allow ICMP in the firewalls, or set a smaller MTU on both hosts (`ip link set DEV mtu 1280`; a VPN or an overlay network needs 1400 or less).',
    },
    `${lost.bytes} bytes to ${target}: ${lost.there ? 'no answer' : 'they arrived'}`,
    `${lost.bytes} bytes from ${target}: ${lost.back ? 'no answer' : 'they arrived'}`,
  );
}

/** `times` as `b@db2: 8 s`. */
export function tickTimesDiffer(target: string, times: readonly string[]): Fault {
  return makeFault(
    {
      code: 'NET_TICKTIME',
      sentence: `the nodes around ${target} have different net tick times, so the one with the shorter disconnects the other`,
      remedy:
        'Give all nodes the same: -kernel net_ticktime SECONDS (default 60), or `net_kernel:set_net_ticktime/1` while they run.',
    },
    ...times,
  );
}

export function partialMesh(target: string, preventsOverlaps: boolean, missing: readonly string[]): Fault {
  return makeFault(
    {
      code: 'PARTIAL_MESH',
      sentence: `not all peers of ${target} are connected with one another, so global and pg are inconsistent`,
      remedy: preventsOverlaps
        ? 'Connect them. prevent_overlapping_partitions is on (the default since OTP 25): when one connection is lost, `global` cuts more of them.'
        : 'Connect them; with prevent_overlapping_partitions, OTP disconnects more of them by itself.',
    },
    ...missing,
  );
}

/** `pairs` as `b@db2 and c@db3`. */
export function overlapsPrevented(target: string, pairs: readonly string[]): Fault {
  return makeFault(
    {
      code: 'OVERLAPPING_PARTITIONS',
      sentence: `\`global\` of ${target} has disconnected nodes, because others had lost their connections (prevent_overlapping_partitions)`,
      remedy:
        'Find out why the connections below were lost, and connect the nodes again. To keep an incomplete mesh, set prevent_overlapping_partitions to false on all nodes.',
    },
    ...pairs,
  );
}
