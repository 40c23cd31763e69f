import { parseSettings, type Settings } from '../config/settings.ts';
import { writeLimitNames } from '../config/settings/write-policy.ts';
import type { Catalog } from '../ports/catalog.ts';
import { ACCOUNT_LIMITS, PER_NODE } from '../rate-limiter/capacity.ts';

/** A settings file that is valid: as it is written, and parsed. */
export interface ValidSettings {
  /** The settings as written: defaults are not filled in. */
  readonly document: Readonly<Record<string, unknown>>;
  readonly settings: Settings;
}

/**
 * Returns warnings about valid settings that are probably a mistake: another setting makes them useless, or a setting
 * that they need is missing.
 */
export function combinationWarnings(valid: ValidSettings, catalog: Catalog): string[] {
  return [
    ...suspendedWarnings(valid.settings),
    ...readOnlyWarnings(valid, catalog),
    ...nodeWarnings(valid.settings),
    ...webhookWarnings(valid.settings),
    ...messageWarnings(valid.settings),
  ];
}

function suspendedWarnings({ suspended }: Settings): string[] {
  return suspended ? ['suspended is true: every call is rejected'] : [];
}

const CALL_ALLOWLISTS = ['operationsAllowlist', 'toolsAllowlist', 'automationAllowlist'] as const;

function readOnlyWarnings({ document, settings }: ValidSettings, catalog: Catalog): string[] {
  if (!settings.readOnly) {
    const isUnused = settings.allowUnbounded !== undefined && settings.maxAmounts === undefined;
    return isUnused ? ['allow_unbounded has no effect without max_amounts'] : [];
  }
  const unused = writeLimitNames().filter((name) => document[name] !== undefined);
  const allowed = CALL_ALLOWLISTS.flatMap((name) => settings[name] ?? []);
  const writes = [...new Set(allowed)].filter((call) => isWriteCall(call, catalog));
  return [
    ...unused.map((name) => `${name} has no effect: read_only rejects every write`),
    ...(writes.length === 0 ? [] : [`read_only rejects what the allowlists name: ${writes.join(', ')}`]),
  ];
}

/**
 * Returns whether an allowlist entry permits writes only: `Create`, `Customer.Create`, `PayInvoice`. `*` also permits
 * reads.
 */
function isWriteCall(call: string, catalog: Catalog): boolean {
  if (catalog.actionNames().includes(call)) return catalog.action(call)?.method !== 'GET';
  return /(^|\.)(Create|Update|Delete)$/.test(call);
}

function nodeWarnings({ minNodes, maxNodes, limitScope, accountCeiling = ACCOUNT_LIMITS.live }: Settings): string[] {
  if (limitScope === 'connection') {
    // Terraform writes every default into the file, so a value that equals its default is no sign of a mistake.
    const defaults = parseSettings({ name: 'name', region: 'region' });
    const unused = [
      ...(minNodes === defaults.minNodes ? [] : ['min_nodes']),
      ...(maxNodes === defaults.maxNodes ? [] : ['max_nodes']),
    ];
    return unused.map(
      (name) => `${name} has no effect: limit_scope connection is ${PER_NODE} requests a second in all`,
    );
  }
  const perSecond = PER_NODE * minNodes;
  if (perSecond <= accountCeiling) return [];
  return [`min_nodes ${minNodes} is ${perSecond} requests a second: account_ceiling allows ${accountCeiling}`];
}

/** Hosts that Stripe cannot reach. https://www.rfc-editor.org/rfc/rfc1918 */
const PRIVATE_HOST =
  /^(localhost|127\.|10\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.|\[::1\])|\.(local|localhost|internal|test)$/;

/** https://docs.stripe.com/webhooks: live endpoints are reachable from the internet, over https. */
function webhookWarnings({ webhookUrl, eventsTopic, webhookSecrets }: Settings): string[] {
  const { protocol = 'https:', hostname = '' } =
    webhookUrl !== undefined && URL.canParse(webhookUrl) ? new URL(webhookUrl) : {};
  return [
    ...(protocol === 'https:' ? [] : [`webhook_url is ${protocol}//: Stripe sends live events over https only`]),
    ...(PRIVATE_HOST.test(hostname) ? [`webhook_url: Stripe cannot reach ${hostname}`] : []),
    ...(webhookUrl !== undefined && eventsTopic === undefined
      ? ['webhook_url without events_topic: stripe-events has no topic to publish to']
      : []),
    ...(eventsTopic !== undefined && webhookSecrets.length === 0
      ? ['events_topic without webhook_secrets: stripe-events rejects every event in the cloud']
      : []),
  ];
}

function messageWarnings({ automationTopic, deadLetterTopic }: Settings): string[] {
  return automationTopic !== undefined && deadLetterTopic === undefined
    ? ['automation_topic without dead_letter_topic: automation rejects every message in the cloud']
    : [];
}
