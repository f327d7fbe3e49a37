/**
 * Checks the sender that a control message claims. The connection determines who sent a message; the pids in it are only
 * claims. In a signal or a spawn message, the sender, the monitor's reference and the started process must belong to the
 * peer itself. A message may claim any sender, but a false one is not passed on. Group leaders are data and may belong to
 * any node. Pure.
 */

import type { Control } from '../../distribution/control-messages.ts';
import type { Pid, Reference } from '../../etf/index.ts';

/** Whether everything in a signal that must belong to the node `peer` does. True for messages. */
export function isFromPeer(control: Control, peer: string): boolean {
  const belongs = (value: Pid | Reference | string): boolean =>
    typeof value === 'string' || value.node === peer;
  switch (control.kind) {
    case 'SEND':
    case 'SEND_TT':
    case 'SEND_SENDER':
    case 'SEND_SENDER_TT':
    case 'REG_SEND':
    case 'REG_SEND_TT':
    case 'ALIAS_SEND':
    case 'ALIAS_SEND_TT':
    case 'ALTACT_SIG_SEND':
    case 'NODE_LINK':
    case 'GROUP_LEADER':
      return true;
    case 'LINK':
    case 'UNLINK':
    case 'UNLINK_ID':
    case 'UNLINK_ID_ACK':
    case 'EXIT':
    case 'EXIT_TT':
    case 'EXIT2':
    case 'EXIT2_TT':
    case 'PAYLOAD_EXIT':
    case 'PAYLOAD_EXIT_TT':
    case 'PAYLOAD_EXIT2':
    case 'PAYLOAD_EXIT2_TT':
    case 'MONITOR_P_EXIT':
    case 'PAYLOAD_MONITOR_P_EXIT':
      return belongs(control.from);
    case 'MONITOR_P':
    case 'DEMONITOR_P':
    case 'SPAWN_REQUEST':
    case 'SPAWN_REQUEST_TT':
      return belongs(control.from) && belongs(control.ref);
    case 'SPAWN_REPLY':
    case 'SPAWN_REPLY_TT':
      return belongs(control.result);
  }
}

/** The sender if it belongs to the peer, otherwise `undefined`. */
export function provenSender(from: Pid, peer: string): Pid | undefined {
  return from.node === peer ? from : undefined;
}
