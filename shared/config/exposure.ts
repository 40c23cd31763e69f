import type { Deployment } from './environment.ts';

/**
 * Whether what the cloud closes is open where the settings are silent: `expose`, `automation_allowlist`, `tools_allowlist`,
 * `explorer`, and the actions of `execute-action`. It is granted by the local server alone; a function is closed.
 */
export interface Exposure {
  readonly open: boolean;
  /** For the person who starts the server. */
  readonly why: string;
}

/** How the local server was started. */
export interface Start {
  /** The address that it listens on. */
  readonly host: string;
  /** `--open` was given. */
  readonly open: boolean;
}

type Facts = Pick<Deployment, 'settings' | 'inCloud' | 'key' | 'project' | 'state'> & Start;

interface Sign {
  readonly description: string;
  readonly shows: (details: Facts) => boolean;
  /** `--open` does not open past it. */
  readonly final: boolean;
}

/** What says that more than this machine and test data may be at stake. */
const SIGNS: readonly Sign[] = [
  { description: 'K_SERVICE is set: this is the cloud', shows: ({ inCloud }) => inCloud, final: true },
  { description: 'the server listens beyond loopback', shows: ({ host }) => !isLoopback(host), final: true },
  {
    description: 'the key is no test key (sk_test_ or rk_test_) of the environment',
    shows: ({ key }) => key.from !== 'environment' || !/^(sk|rk)_test_/.test(key.value),
    final: true,
  },
  {
    description: 'the settings name a secret as api_key',
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

/** Throws where `--open` was given and cannot be granted. */
export function exposureOf(
  deployment: Pick<Deployment, 'settings' | 'inCloud' | 'key' | 'project' | 'state'>,
  start: Start,
): Exposure {
  const shown = SIGNS.filter(({ shows }) => shows({ ...deployment, ...start }));
  const told = (signs: readonly Sign[]): string => signs.map(({ description: words }) => words).join('; ');
  if (start.open) {
    const final = shown.filter((sign) => sign.final);
    if (final.length > 0) throw new Error(`--open is refused: ${told(final)}`);
    return { open: true, why: '--open, a test key and loopback' };
  }
  if (shown.length === 0) return { open: true, why: 'a test key, loopback and no sign of the cloud' };
  return { open: false, why: told(shown) };
}

function isLoopback(host: string): boolean {
  return host === '::1' || host === 'localhost' || /^127(\.\d{1,3}){3}$/.test(host);
}
