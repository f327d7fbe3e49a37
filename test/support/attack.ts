/**
 * A test that attacks Convoy and is refused. It is an ordinary test, but its title is added to the list of attacks in
 * docs/security.md, which is read from the sources: pass area and title as plain string literals.
 */

import { it, type TestContext } from 'node:test';

/** The chapters of the list. */
export type AttackArea =
  | 'Forged senders'
  | 'First contact'
  | 'Terms and frames'
  | 'Connections'
  | 'EPMD'
  | 'Node output'
  | 'Input'
  | 'Login and sockets'
  | 'Audit log'
  | 'Secrets'
  | 'Files and disks'
  | 'Proxies';

/** Registers the test. The title describes the attack and the result: "a forged sender gets no answer". A body may skip by its context. */
export function attack(
  area: AttackArea,
  title: string,
  body: (context: TestContext) => void | Promise<void>,
): void {
  it(title, body);
  void area;
}
