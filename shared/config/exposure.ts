import type { Deployment } from './environment.ts';

/**
 * Whether the local server is open, and why. An open server serves the explorer and every action of `execute-action`,
 * and needs no `dead_letter_topic`. `expose`, `automation_allowlist` and `tools_allowlist` allow everything there by
 * default. A deployed function is never open.
 */
export interface Exposure {
  readonly open: boolean;
  /** The reason, which the server prints when it starts. */
  readonly why: string;
}

/** How the local server is started. */
export interface Start {
  /** The host that it listens on. */
  readonly host: string;
  /** `--open` is set. */
  readonly open: boolean;
}

type ExposureInput = Pick<Deployment, 'settings' | 'inCloud' | 'key' | 'project' | 'state'> & Start;

interface DangerSign {
  readonly description: string;
  readonly applies: (details: ExposureInput) => boolean;
  /** True if `--open` does not override this sign. */
  readonly final: boolean;
}

/** Signs that real money or other machines may be affected. */
const DANGER_SIGNS: readonly DangerSign[] = [
  { description: 'K_SERVICE is set: this is the cloud', applies: ({ inCloud }) => inCloud, final: true },
  { description: 'the server listens beyond loopback', applies: ({ host }) => !isLoopback(host), final: true },
  {
    description: 'STRIPE_API_KEY is not a test key (sk_test_ or rk_test_)',
    applies: ({ key }) => key.from !== 'environment' || !/^(sk|rk)_test_/.test(key.value),
    final: true,
  },
  {
    description: 'the settings set api_key',
    applies: ({ settings }) => settings.apiKey !== undefined,
    final: false,
  },
  {
    description: 'GOOGLE_CLOUD_PROJECT is set without FIRESTORE_EMULATOR_HOST',
    applies: ({ project, state }) =>
      project !== undefined && (state.in !== 'firestore' || state.emulatorHost === undefined),
    final: false,
  },
];

/** Returns whether the local server is open and why. Throws if `--open` is set and a final sign applies. */
export function exposureOf(
  deployment: Pick<Deployment, 'settings' | 'inCloud' | 'key' | 'project' | 'state'>,
  start: Start,
): Exposure {
  const applicable = DANGER_SIGNS.filter(({ applies }) => applies({ ...deployment, ...start }));
  const describe = (signs: readonly DangerSign[]): string => signs.map(({ description }) => description).join('; ');
  if (start.open) {
    const finalSigns = applicable.filter((sign) => sign.final);
    if (finalSigns.length > 0) throw new Error(`--open is not allowed: ${describe(finalSigns)}`);
    return { open: true, why: '--open, a test key and loopback' };
  }
  if (applicable.length === 0) return { open: true, why: 'a test key, loopback and no sign of the cloud' };
  return { open: false, why: describe(applicable) };
}

function isLoopback(host: string): boolean {
  return host === '::1' || host === 'localhost' || /^127(\.\d{1,3}){3}$/.test(host);
}
