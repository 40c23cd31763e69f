import * as z from 'zod/mini';
import { account, accounts, boolean, hostAndPort, integer, oneOf, secretVersion, text } from '../validators.ts';
import { setting } from './setting.ts';

/** Settings for the access to Stripe: key, accounts, proxy, API version, log. */
export const stripeAccessSettings = () => ({
  api_key: setting('Secret Manager version of the API key; required in the cloud', secretVersion()),
  account_id: setting('Stripe Connect account of every call', account()),
  allowed_accounts: setting('Connect accounts that a call may use instead', accounts(1000), []),
  proxy_enabled: setting('HTTP proxy; when false the other proxy settings must be absent', boolean(), false),
  proxy_server: setting('host and port of the proxy', hostAndPort()),
  proxy_auth_scheme: setting('default NONE', oneOf(['BASIC', 'DIGEST', 'NONE'])),
  proxy_user: setting(
    'required unless the scheme is NONE',
    text(/^[^:\r\n]{1,255}$/, '1 to 255 characters without a colon'),
  ),
  proxy_password: setting('Secret Manager version; required unless the scheme is NONE', secretVersion()),
  proxy_ssltype: setting(
    'default AUTO; SELECTED is an alias of TUNNEL',
    z.pipe(
      oneOf(['AUTO', 'ALWAYS', 'NEVER', 'TUNNEL', 'SELECTED']),
      z.transform((type) => (type === 'SELECTED' ? 'TUNNEL' : type)),
    ),
  ),
  verbosity: setting(
    '1 errors, operator warnings and a line of counts a minute; 2 adds one line per request to Stripe; 3 to 5 add headers, bodies, TLS',
    oneOf(['1', '2', '3', '4', '5']),
    '1',
  ),
  api_version: setting(
    "value of the Stripe-Version header; default the SDK's version",
    text(/^\d{4}-\d{2}-\d{2}(\.[a-z]+)?$/, 'a Stripe API version such as 2024-04-10'),
  ),
  output_format: setting('format of the output; a call may override it', oneOf(['connector', 'native']), 'connector'),
  scan_limit: setting(
    'maximum rows that one call filters in the connector if Stripe cannot filter them',
    integer(100, 1_000_000),
    10_000,
  ),
});
