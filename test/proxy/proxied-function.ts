import { post, startFunction, type Answered } from '../functions/framework.ts';
import { SANDBOX_KEY } from '../../shared/sandbox/server.ts';

export interface Way {
  /** STRIPE_API_BASE */
  readonly base: string;
  readonly host?: string;
  readonly port: number;
  readonly scheme: string;
  readonly ssltype: string;
  readonly user: string;
  readonly password: string;
  /** File of an additional trusted authority. */
  readonly ca: string;
}

/** Calls a built function whose connection goes through a proxy, so many times. */
export async function callThrough(way: Way, calls = 1): Promise<Answered[]> {
  return (await callAndRead(way, calls, '2')).answers;
}

/** The same, with what the function wrote to its log. */
export async function callAndRead(
  way: Way,
  calls: number,
  verbosity: string,
): Promise<{ answers: Answered[]; log: string }> {
  const { scheme, user } = way;
  const credentials =
    scheme === 'NONE' ? {} : { proxy_user: user, proxy_password: 'projects/p/secrets/proxy/versions/1' };
  const settings = {
    proxy_enabled: true,
    proxy_server: { host: way.host ?? 'localhost', port: way.port },
    proxy_auth_scheme: scheme,
    proxy_ssltype: way.ssltype,
    verbosity,
    ...credentials,
  };
  const one = await startFunction({
    name: 'customer-list',
    env: {
      STRIPE_API_KEY: SANDBOX_KEY,
      STRIPE_API_BASE: way.base,
      NODE_EXTRA_CA_CERTS: way.ca,
      CONNECTION_SETTINGS: JSON.stringify(settings),
      ...(scheme === 'NONE' ? {} : { PROXY_PASSWORD: way.password }),
    },
  });
  try {
    const answers: Answered[] = [];
    for (let n = 0; n < calls; n += 1) answers.push(await post(one.url, {}));
    const log = one.output();
    if (log.includes(way.password)) throw new Error('the password stands in the log');
    return { answers, log };
  } finally {
    await one.stop();
  }
}
