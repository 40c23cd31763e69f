import type { Deployment } from './environment.ts';

/**
 * Whether settings that are not set open what a deployment closes: `expose`, `automation_allowlist`, `tools_allowlist`,
 * `explorer`, and the actions of `execute-action`. Only the local server can be open. A deployed function is closed.
 */
export interface Exposure {
  readonly open: boolean;
  /** The reason, for the person who starts the server. */
  readonly why: string;
}

/** How the local server is started. */
export interface Start {
  /** The host that it listens on. */
  readonly host: string;
  /** `--open` is set. */
  readonly open: boolean;
}

type ExposureFacts = Pick<Deployment, 'settings' | 'inCloud' | 'key' | 'project' | 'state'> & Start;

interface Sign {
  readonly description: string;
  readonly shows: (details: ExposureFacts) => boolean;
  /** `--open` does not override this sign. */
  readonly final: boolean;
}

/** Signs that real money or other machines may be affected. */
const SIGNS: readonly Sign[] = [
  { description: 'K_SERVICE is set: this is the cloud', shows: ({ inCloud }) => inCloud, final: true },
  { description: 'the server listens beyond loopback', shows: ({ host }) => !isLoopback(host), final: true },
  {
    description: 'STRIPE_API_KEY is not a test key (sk_test_ or rk_test_)',
    shows: ({ key }) => key.from !== 'environment' || !/^(sk|rk)_test_/.test(key.value),
    final: true,
  },
  {
    description: 'the settings set api_key',
    shows: ({ settings }) => settings.apiKey !== undefined,
    final: false,
  },
  {
    description: 'GOOGLE_CLOUD_PROJECT is set without FIRESTORE_EMULATOR_HOST',
    shows: ({ project, state }) =>
      project !== undefined && (state.in !== 'firestore' || state.emulatorHost === undefined),
    final: false,
  },
];

/** Returns whether the local server is open and why. Throws if `--open` is set but a final sign forbids it. */
export function exposureOf(
  deployment: Pick<Deployment, 'settings' | 'inCloud' | 'key' | 'project' | 'state'>,
  start: Start,
): Exposure {
  const shown = SIGNS.filter(({ shows }) => shows({ ...deployment, ...start }));
  const describe = (signs: readonly Sign[]): string => signs.map(({ description }) => description).join('; ');
  if (start.open) {
    const final = shown.filter((sign) => sign.final);
    if (final.length > 0) throw new Error(`--open is not allowed: ${describe(final)}`);
    return { open: true, why: '--open, a test key and loopback' };
  }
  if (shown.length === 0) return { open: true, why: 'a test key, loopback and no sign of the cloud' };
  return { open: false, why: describe(shown) };
}

function isLoopback(host: string): boolean {
  return host === '::1' || host === 'localhost' || /^127(\.\d{1,3}){3}$/.test(host);
}
