/** Digest authentication of a proxy, as pure steps. https://www.rfc-editor.org/rfc/rfc7616 */
import { createHash } from 'node:crypto';

const ALGORITHMS = { 'SHA-256': 'sha256', 'SHA-256-sess': 'sha256', MD5: 'md5', 'MD5-sess': 'md5' } as const;
type Algorithm = keyof typeof ALGORITHMS;

/** The strongest first: a proxy that offers several is answered with the first of these. */
const PREFERRED = Object.keys(ALGORITHMS) as Algorithm[];

/** What a 407 asks for. */
export interface Challenge {
  readonly realm: string;
  readonly nonce: string;
  readonly opaque?: string;
  readonly algorithm: Algorithm;
  /** False where the proxy speaks the old RFC 2069: no count, no nonce of ours. */
  readonly qop: boolean;
  /** The credentials were right, the nonce is too old. */
  readonly stale: boolean;
}

export interface Credentials {
  readonly user: string;
  readonly password: string;
}

/** Of one use of a nonce. */
export interface ChallengeUse {
  readonly method: string;
  /** As in the request line: `api.stripe.com:443` of a CONNECT. */
  readonly uri: string;
  /** How often the nonce was used, this time included. */
  readonly count: number;
  readonly cnonce: string;
}

/** The challenge that is answered, out of all `Proxy-Authenticate` fields; undefined where none can be. */
export function selectChallenge(fields: readonly string[]): Challenge | undefined {
  const offered = fields.flatMap(challenges).flatMap(({ scheme, values }) => {
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
        ...(opaque === undefined ? {} : { opaque }),
      },
    ];
  });
  return offered.sort((a, b) => PREFERRED.indexOf(a.algorithm) - PREFERRED.indexOf(b.algorithm))[0];
}

/** The value of `Proxy-Authorization`. */
export function authorization(challenge: Challenge, { user, password }: Credentials, use: ChallengeUse): string {
  const { realm, nonce, algorithm, qop, opaque } = challenge;
  const hash = (text: string): string => createHash(ALGORITHMS[algorithm]).update(text, 'utf8').digest('hex');
  const plain = hash(`${user}:${realm}:${password}`);
  const secret = algorithm.endsWith('-sess') ? hash(`${plain}:${nonce}:${use.cnonce}`) : plain;
  const requested = hash(`${use.method}:${use.uri}`);
  const count = use.count.toString(16).padStart(8, '0');
  const response = qop
    ? hash(`${secret}:${nonce}:${count}:${use.cnonce}:auth:${requested}`)
    : hash(`${secret}:${nonce}:${requested}`);
  const counted = qop || algorithm.endsWith('-sess');
  const fields = [
    `username=${quoted(user)}`,
    `realm=${quoted(realm)}`,
    `nonce=${quoted(nonce)}`,
    `uri=${quoted(use.uri)}`,
    `response="${response}"`,
    `algorithm=${algorithm}`,
    ...(opaque === undefined ? [] : [`opaque=${quoted(opaque)}`]),
    ...(qop ? ['qop=auth', `nc=${count}`] : []),
    ...(counted ? [`cnonce=${quoted(use.cnonce)}`] : []),
  ];
  return `Digest ${fields.join(', ')}`;
}

/** The nonce to use next, out of `Proxy-Authentication-Info`; undefined where it says none. */
export function nextNonce(info: string | undefined): string | undefined {
  return info === undefined ? undefined : challenges(`Info ${info}`)[0]?.values.get('nextnonce');
}

interface Parsed {
  readonly scheme: string;
  readonly values: Map<string, string>;
}

/** `scheme name=value, name="value", scheme ...`: RFC 9110, section 11.6.1. */
function challenges(field: string): Parsed[] {
  const challenges: Parsed[] = [];
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
    const regExpExecArray = value.exec(field);
    if (regExpExecArray === null) challenges.push({ scheme: name, values: new Map() });
    else {
      challenges
        .at(-1)
        ?.values.set(name.toLowerCase(), regExpExecArray[1]?.replace(/\\(.)/g, '$1') ?? regExpExecArray[2] ?? '');
      at = value.lastIndex;
    }
  }
  return challenges;
}

function quoted(text: string): string {
  return `"${text.replace(/["\\]/g, '\\$&')}"`;
}
