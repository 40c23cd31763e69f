import { SecretManagerServiceClient } from '@google-cloud/secret-manager';
import { ConnectorError, toConnectorError } from '../../errors.ts';
import type { SecretKind, Secrets } from '../../ports/secrets.ts';
import {
  NO_CREDENTIALS,
  NO_RETRY,
  REST,
  restOptions,
  grpcStatusOf,
  withTimeout,
  type GoogleClientOptions,
} from './rest.ts';

export interface SecretManagerOptions extends GoogleClientOptions {
  /** `projects/P/secrets/S/versions/V` */
  readonly version: string;
  readonly kind: SecretKind;
}

/** Timeout of a read. The first call of an instance waits for the read. */
const READ_TIMEOUT_MS = 5000;

type SecretProblem = readonly [reason: string, description: string];

const MISSING: SecretProblem = ['SECRET_MISSING', 'the secret version does not exist; create it or correct {setting}'];
const DENIED: SecretProblem = [
  'SECRET_PERMISSION_DENIED',
  'the service account may not read the secret; grant roles/secretmanager.secretAccessor on it',
];
const DISABLED: SecretProblem = [
  'SECRET_DISABLED',
  'the secret version is disabled or destroyed; enable it or set {setting} to another version',
];

/** The problem for each status that has its own message. https://cloud.google.com/apis/design/errors#http_mapping */
const PROBLEMS: ReadonlyMap<string, SecretProblem> = new Map([
  ['NOT_FOUND', MISSING],
  ['PERMISSION_DENIED', DENIED],
  ['FAILED_PRECONDITION', DISABLED],
  ['INVALID_ARGUMENT', DISABLED],
]);

/** Reads a secret with Google's Secret Manager client and verifies its checksum. */
export function secretManager(options: SecretManagerOptions): Secrets {
  const client = new SecretManagerServiceClient(restOptions(options), REST);
  return {
    rotates: options.version.endsWith('/latest'),
    async read() {
      try {
        const call = client.accessSecretVersion({ name: options.version }, NO_RETRY);
        const [response] = await withTimeout(READ_TIMEOUT_MS, call);
        return decodeSecret(options.kind, response.payload?.data, response.payload?.dataCrc32c);
      } catch (cause) {
        throw toSecretError(cause, options);
      }
    },
  };
}

/** Returns the text of a secret. Throws if the checksum does not match or the text has the wrong format. */
function decodeSecret(kind: SecretKind, data: Uint8Array | string | null | undefined, checksum: unknown): string {
  const bytes = typeof data === 'string' ? Buffer.from(data, 'base64') : Buffer.from(data ?? []);
  if (checksum !== undefined && checksum !== null && BigInt(String(checksum)) !== BigInt(crc32c(bytes))) {
    throw new ConnectorError('UNAVAILABLE', "the secret's checksum does not match its payload; retry", {
      reason: 'SECRET_CHECKSUM_MISMATCH',
    });
  }
  const text = bytes.toString('utf8').trim();
  if (kind.pattern.test(text)) return text;
  throw new ConnectorError('FAILED_PRECONDITION', `the secret ${kind.label}`, { reason: kind.reason });
}

/** Converts a failure of `read` to a ConnectorError. */
function toSecretError(cause: unknown, { version, kind }: SecretManagerOptions): unknown {
  if (cause instanceof ConnectorError) return cause;
  const status = grpcStatusOf(cause);
  if (status === 'FAULT') return toConnectorError(cause);
  const problem = PROBLEMS.get(status);
  const message = status === 'UNAUTHENTICATED' ? NO_CREDENTIALS : 'Secret Manager did not answer; retry';
  if (problem === undefined)
    return new ConnectorError('UNAVAILABLE', `${message} (nothing was sent to Stripe)`, {
      reason: 'SECRET_UNAVAILABLE',
      cause,
    });
  return new ConnectorError('FAILED_PRECONDITION', `${version}: ${problem[1].replace('{setting}', kind.setting)}`, {
    reason: problem[0],
    cause,
  });
}

/** CRC-32C (Castagnoli). Secret Manager sends it with the payload. */
function crc32c(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit += 1) crc = crc & 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1;
  }
  return (crc ^ 0xffffffff) >>> 0;
}
