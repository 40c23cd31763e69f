import type * as z from 'zod/mini';
import type { ParsedSettings } from './settings-schema.ts';

/** Settings that must be absent while `proxy_enabled` is false. */
const PROXY_SETTINGS = ['proxy_server', 'proxy_auth_scheme', 'proxy_user', 'proxy_password', 'proxy_ssltype'] as const;

/**
 * Adds an issue for each invalid combination of settings. zod also calls this function if some settings are invalid, so
 * that one error lists all problems. Combinations with an invalid setting are not checked.
 */
export function checkCombinations(input: ParsedSettings, context: z.core.$RefinementCtx): void {
  const invalid = new Set(context.issues.map(({ path }) => path?.[0]));
  const settings: Partial<ParsedSettings> = Object.fromEntries(
    Object.entries(input).filter(([name]) => !invalid.has(name)),
  );
  const reject = (path: keyof ParsedSettings, message: string): void => {
    if (!invalid.has(path)) context.addIssue({ code: 'custom', path: [path], message });
  };
  const requireAtMost = (low: 'min_nodes' | 'max_wait_ms', high: 'max_nodes' | 'deadline_ms'): void => {
    const [value, max] = [settings[low], settings[high]];
    if (value !== undefined && max !== undefined && value > max) reject(low, `must be at most ${high} (${max})`);
  };
  requireAtMost('min_nodes', 'max_nodes');
  requireAtMost('max_wait_ms', 'deadline_ms');
  if (settings.proxy_enabled === false) {
    for (const name of PROXY_SETTINGS)
      if (settings[name] !== undefined) reject(name, 'must be absent while proxy_enabled is false');
  }
  if (settings.proxy_enabled !== true) return;
  if (settings.proxy_server === undefined) reject('proxy_server', 'is required with proxy_enabled');
  if (invalid.has('proxy_auth_scheme')) return;
  const { proxy_auth_scheme: scheme = 'NONE' } = settings;
  for (const name of ['proxy_user', 'proxy_password'] as const) {
    if (scheme === 'NONE' && settings[name] !== undefined)
      reject(name, 'must be absent while proxy_auth_scheme is NONE');
    if (scheme !== 'NONE' && settings[name] === undefined) reject(name, `is required with proxy_auth_scheme ${scheme}`);
  }
}
