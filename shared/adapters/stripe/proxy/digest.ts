/** Digest authentication of a proxy as pure functions. https://www.rfc-editor.org/rfc/rfc7616 */
import { createHash } from 'node:crypto';

const ALGORITHMS = { 'SHA-256': 'sha256', 'SHA-256-sess': 'sha256', MD5: 'md5', 'MD5-sess': 'md5' } as const;
type Algorithm = keyof typeof ALGORITHMS;

/** Supported algorithms, strongest first. The connector uses the strongest one that the proxy offers. */
const PREFERRED = Object.keys(ALGORITHMS) as Algorithm[];

/** The challenge of a 407 response. */
export interface Challenge {
  readonly realm: string;
  readonly nonce: string;
  readonly opaque?: string | undefined;
  readonly algorithm: Algorithm;
  /** False if the proxy uses RFC 2069, which has no use count and no client nonce. */
  readonly qop: boolean;
  /** True if the credentials were right but the nonce has expired. */
  readonly stale: boolean;
}

export interface Credentials {
  readonly user: string;
  readonly password: string;
}

/** One use of a nonce. */
export interface ChallengeUse {
  readonly method: string;
  /** The URI of the request line: `api.stripe.com:443` for a CONNECT. */
  readonly uri: string;
  /** Uses of the nonce so far, including this one. */
  readonly count: number;
  readonly cnonce: string;
}

/** Returns the strongest supported challenge of all `Proxy-Authenticate` fields, or undefined. */
export function selectChallenge(fields: readonly string[]): Challenge | undefined {
  const offered = fields.flatMap(parseChallenges).flatMap(({ scheme, values }) => {
    if (scheme.toLowerCase() !== 'digest') return [];
    const algorithm = PREFERRED.find((name) => name.toLowerCase() === (values.get('algorithm') ?? 'MD5').toLowerCase());
    const nonce = values.get('nonce');
    const qops = values
      .get('qop')
      ?.split(',')
      .map((name) => name.trim().toLowerCase());
    if (algorithm === undefined || nonce === undefined || (qops !== undefined && !qops.includes('auth'))) return [];
    const opaque = values.get('opaque');
    return [
      {
        realm: values.get('realm') ?? '',
        nonce,
        algorithm,
        qop: qops !== undefined,
        stale: values.get('stale')?.toLowerCase() === 'true',
        opaque,
      },
    ];
  });
  return offered.sort((a, b) => PREFERRED.indexOf(a.algorithm) - PREFERRED.indexOf(b.algorithm))[0];
}

/** Returns the value of the `Proxy-Authorization` header. */
export function authorization(challenge: Challenge, { user, password }: Credentials, use: ChallengeUse): string {
  const { realm, nonce, algorithm, qop, opaque } = challenge;
  const hash = (text: string): string => createHash(ALGORITHMS[algorithm]).update(text, 'utf8').digest('hex');
  const credentialsHash = hash(`${user}:${realm}:${password}`);
  const secret = algorithm.endsWith('-sess') ? hash(`${credentialsHash}:${nonce}:${use.cnonce}`) : credentialsHash;
  const requestHash = hash(`${use.method}:${use.uri}`);
  const count = use.count.toString(16).padStart(8, '0');
  const response = qop
    ? hash(`${secret}:${nonce}:${count}:${use.cnonce}:auth:${requestHash}`)
    : hash(`${secret}:${nonce}:${requestHash}`);
  const sendsCnonce = qop || algorithm.endsWith('-sess');
  const fields = [
    `username=${quotedString(user)}`,
    `realm=${quotedString(realm)}`,
    `nonce=${quotedString(nonce)}`,
    `uri=${quotedString(use.uri)}`,
    `response="${response}"`,
    `algorithm=${algorithm}`,
    ...(opaque === undefined ? [] : [`opaque=${quotedString(opaque)}`]),
    ...(qop ? ['qop=auth', `nc=${count}`] : []),
    ...(sendsCnonce ? [`cnonce=${quotedString(use.cnonce)}`] : []),
  ];
  return `Digest ${fields.join(', ')}`;
}

/** Returns the next nonce from `Proxy-Authentication-Info`, or undefined. */
export function nextNonce(info: string | undefined): string | undefined {
  return info === undefined ? undefined : parseChallenges(`Info ${info}`)[0]?.values.get('nextnonce');
}

interface ParsedChallenge {
  readonly scheme: string;
  readonly values: Map<string, string>;
}

/** Parses challenges such as `scheme name=value, name="value", scheme ...`. RFC 9110, section 11.6.1 */
function parseChallenges(field: string): ParsedChallenge[] {
  const challenges: ParsedChallenge[] = [];
  const token = /[!#$%&'*+.^_`|~\w-]+/y;
  const value = /\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]+))/y;
  for (let at = 0; at < field.length;) {
    token.lastIndex = at;
    const [name] = token.exec(field) ?? [];
    if (name === undefined) {
      at += 1;
      continue;
    }
    value.lastIndex = at = token.lastIndex;
    const match = value.exec(field);
    if (match === null) challenges.push({ scheme: name, values: new Map() });
    else {
      challenges.at(-1)?.values.set(name.toLowerCase(), match[1]?.replace(/\\(.)/g, '$1') ?? match[2] ?? '');
      at = value.lastIndex;
    }
  }
  return challenges;
}

function quotedString(text: string): string {
  return `"${text.replace(/["\\]/g, '\\$&')}"`;
}
