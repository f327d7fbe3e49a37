/**
 * Certificates for tests, created by `openssl` in a folder that is removed with the test: an authority and the certificates
 * it has signed, valid or expired. Can also write the option file for the TLS distribution of an Erlang node.
 */

import { execFile } from 'node:child_process';
import { isIP } from 'node:net';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { findInstallation, type OtpRelease } from './erlang/erlang-release.ts';

const run = promisify(execFile);

export interface Certificate {
  readonly certFile: string;
  readonly keyFile: string;
  readonly cert: string;
  readonly key: string;
}

export interface CertificateRequest {
  /** Names and addresses of the certificate. Default: this machine. */
  readonly hosts?: readonly string[];
  /** Days of validity from now; a negative number makes it expired. Default 2. */
  readonly days?: number;
  /** Signed by another authority with the same name. Default false. */
  readonly isForged?: boolean;
}

/** The TLS options of an Erlang node. */
export interface DistributionOptions {
  readonly certificate?: Certificate | undefined;
  /** Default `peer` on both sides, and client certificates are required. */
  readonly verify?: 'peer' | 'none';
  /** Default 1.2 and 1.3. */
  readonly versions?: readonly ('1.2' | '1.3')[];
}

const newKey = ['genpkey', '-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:prime256v1'];
export const loopbackHosts: readonly string[] = ['localhost', '127.0.0.1', '127.0.0.2', '::1'];

/** A separate authority. `await using` removes it with its files. */
export class TestAuthority implements AsyncDisposable {
  readonly caFile: string;
  readonly ca: string;
  readonly #folder: string;
  readonly #copies: string[] = [];
  #count = 0;

  private constructor(folder: string) {
    this.#folder = folder;
    this.caFile = join(folder, 'ca.pem');
    this.ca = readFileSync(this.caFile, 'utf8');
  }

  static async create(): Promise<TestAuthority> {
    const folder = mkdtempSync(join(tmpdir(), 'convoy-ca-'));
    for (const name of ['ca', 'forger']) {
      await run('openssl', [...newKey, '-out', join(folder, `${name}.key`)]);
      await run('openssl', [
        ...['req', '-x509', '-new', '-key', join(folder, `${name}.key`), '-out', join(folder, `${name}.pem`)],
        ...['-subj', '/CN=Convoy test authority', '-days', '2'],
        ...['-addext', 'keyUsage=critical,keyCertSign,cRLSign'],
      ]);
    }
    return new TestAuthority(folder);
  }

  /** A key and a certificate for it. */
  async issue(request: CertificateRequest = {}): Promise<Certificate> {
    this.#count += 1;
    const base = join(this.#folder, `node${this.#count}`);
    const [certFile, keyFile, csr] = [`${base}.pem`, `${base}.key`, `${base}.csr`];
    const hosts = request.hosts ?? loopbackHosts;
    // Addresses twice, because OTP 25 and earlier compare them with the DNS names.
    const names = hosts
      .flatMap((host) => [`DNS:${host}`, ...(isIP(host) === 0 ? [] : [`IP:${host}`])])
      .join(',');
    const signer = join(this.#folder, request.isForged === true ? 'forger' : 'ca');
    await run('openssl', [...newKey, '-out', keyFile]);
    await run('openssl', [
      ...['req', '-new', '-key', keyFile, '-out', csr, '-subj', '/CN=node'],
      ...['-addext', `subjectAltName=${names}`],
    ]);
    await run('openssl', [
      ...['x509', '-req', '-in', csr, '-out', certFile, '-copy_extensions', 'copy'],
      ...['-CA', `${signer}.pem`, '-CAkey', `${signer}.key`, '-days', String(request.days ?? 2)],
      ...['-set_serial', String(this.#count)],
    ]);
    const [cert, key] = [readFileSync(certFile, 'utf8'), readFileSync(keyFile, 'utf8')];
    return { certFile, keyFile, cert, key };
  }

  /** Emulator arguments for TLS distribution, with files that the release can read. */
  emulatorArgs(
    release: OtpRelease,
    { certificate, verify = 'peer', versions }: DistributionOptions,
  ): string[] {
    const root = findInstallation(release)?.root ?? '';
    const copy = mkdtempSync(join(root === '' ? tmpdir() : join(root, 'tmp'), 'convoy-tls-'));
    this.#copies.push(copy);
    const inside = copy.slice(root.length);
    cpSync(this.caFile, join(copy, 'ca.pem'));
    const options = [
      `{versions, [${(versions ?? ['1.3', '1.2']).map((version) => `'tlsv${version}'`).join(', ')}]}`,
      `{verify, verify_${verify}}`,
      `{cacertfile, "${join(inside, 'ca.pem')}"}`,
    ];
    if (certificate !== undefined) {
      cpSync(certificate.certFile, join(copy, 'cert.pem'));
      cpSync(certificate.keyFile, join(copy, 'key.pem'));
      options.push(`{certfile, "${join(inside, 'cert.pem')}"}`, `{keyfile, "${join(inside, 'key.pem')}"}`);
    }
    const client = options.join(', ');
    const server = verify === 'peer' ? `${client}, {fail_if_no_peer_cert, true}` : client;
    writeFileSync(join(copy, 'dist.conf'), `[{server, [${server}]}, {client, [${client}]}].\n`);
    return ['-ssl_dist_optfile', join(inside, 'dist.conf')];
  }

  [Symbol.asyncDispose](): Promise<void> {
    for (const folder of [this.#folder, ...this.#copies]) rmSync(folder, { recursive: true, force: true });
    return Promise.resolve();
  }
}
