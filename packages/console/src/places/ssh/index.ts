/** Hosts that are reached by SSH, as a platform of the console. */

export { SshHosts, type SshSettings } from './ssh-hosts.ts';
