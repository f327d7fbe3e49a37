/**
 * Who did what, one JSON object a line, only ever appended to, in a 0600 file. An entry is written before its deed: when
 * it cannot be written, the deed is not done. Input and output of shells are not in it.
 */

import { closeSync, fchmodSync, openSync, writeSync } from 'node:fs';

export type AuditEvent =
  | 'login'
  | 'login.refused'
  | 'logout'
  | 'node.launch'
  | 'node.delete'
  | 'node.join'
  | 'node.part'
  | 'doctor'
  | 'host.connect'
  | 'host.attach'
  | 'host.close'
  | 'railway.login'
  | 'railway.logout'
  | 'railway.open'
  | 'railway.control'
  | 'railway.close'
  | 'shell.open'
  | 'shell.attach'
  | 'shell.close';

/** Who acts: the session's public label or `token`, and the address it came from. */
export interface AuditActor {
  readonly label: string;
  readonly address: string;
}

/** What an entry says beside who and when; names only, never a secret. */
export type AuditDetail = Readonly<Record<string, string | number | boolean | undefined>>;

export class AuditLog {
  readonly #descriptor: number;

  /** Opens `file`, making it when it is not there. */
  constructor(file: string) {
    this.#descriptor = openSync(file, 'a', 0o600);
    fchmodSync(this.#descriptor, 0o600);
  }

  record(event: AuditEvent, actor: AuditActor, detail: AuditDetail = {}): void {
    const entry = {
      at: new Date().toISOString(),
      event,
      actor: actor.label,
      address: actor.address,
      ...detail,
    };
    writeSync(this.#descriptor, `${JSON.stringify(entry)}\n`);
  }

  close(): void {
    closeSync(this.#descriptor);
  }
}
