/**
 * Checks the sender that a control message claims. The connection determines who sent a message; the pids in it are claims. A
 * signal, and what is about the beginning of a process, has to be of the peer itself: its sender, its monitor's reference, the
 * process it started. A message may be of anybody, but an untrue sender is not passed on. Group leaders are data: they may be
 * of any node. Pure.
 */
import type { Control } from '../../distribution/control-messages.ts';
import type { Pid, Reference } from '../../etf/index.ts';

/** Whether everything in a signal that has to belong to the node `peer` does. True for messages. */
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

/** The sender as far as it is proven. */
export function provenSender(from: Pid, peer: string): Pid | undefined {
  return from.node === peer ? from : undefined;
}
