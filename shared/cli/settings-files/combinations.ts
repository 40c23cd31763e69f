/**
 * The rules of `setting-combinations.ts`, and that of `environment.ts` for `proxy_ssltype`, as Terraform conditions. A
 * test compares what Terraform and the functions report for the same settings.
 */
interface Combination {
  readonly setting: string;
  readonly condition: string;
  /** A Terraform template. */
  readonly message: string;
}

const PROXY_SCHEME = 'coalesce(var.proxy_auth_scheme, "NONE")';

export const COMBINATIONS: readonly Combination[] = [
  ...atMost('min_nodes', 'max_nodes'),
  ...atMost('max_wait_ms', 'deadline_ms'),
  ...['proxy_server', 'proxy_auth_scheme', 'proxy_user', 'proxy_password', 'proxy_ssltype'].map((setting) => ({
    setting,
    condition: `var.proxy_enabled || var.${setting} == null`,
    message: 'must be absent while proxy_enabled is false',
  })),
  {
    setting: 'proxy_server',
    condition: '!var.proxy_enabled || var.proxy_server != null',
    message: 'is required with proxy_enabled',
  },
  ...['proxy_user', 'proxy_password'].flatMap((setting) => [
    {
      setting,
      condition: `!var.proxy_enabled || ${PROXY_SCHEME} != "NONE" || var.${setting} == null`,
      message: 'must be absent while proxy_auth_scheme is NONE',
    },
    {
      setting,
      condition: `!var.proxy_enabled || !contains(["BASIC", "DIGEST"], ${PROXY_SCHEME}) || var.${setting} != null`,
      message: `is required with proxy_auth_scheme \${${PROXY_SCHEME}}`,
    },
  ]),
  {
    setting: 'proxy_ssltype',
    condition: 'var.proxy_ssltype != "NEVER"',
    message: 'NEVER would send the API key to the proxy in plaintext; use AUTO, ALWAYS or TUNNEL',
  },
];

function atMost(setting: string, maximum: string): Combination[] {
  const message = `must be at most ${maximum} (\${var.${maximum}})`;
  return [{ setting, condition: `var.${setting} <= var.${maximum}`, message }];
}
