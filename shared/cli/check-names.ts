import { nearest } from '../catalog/names.ts';
import { OPERATIONS } from '../catalog/types.ts';
import { readSettings } from '../config/settings-document.ts';
import { parseSettings, type Settings } from '../config/settings.ts';
import { isConnectorError, type FieldViolation } from '../errors.ts';
import { isObject } from '../is-object.ts';
import type { Catalog } from '../ports/catalog.ts';
import { ACCOUNT_LIMITS } from '../rate-limiter/capacity.ts';
import { highCeilings } from '../rate-limiter/endpoints/above-stripe.ts';
import { combinationWarnings } from './check-combinations.ts';

/** Settings that list operations and actions. */
const ALLOWLIST_SETTINGS = ['operations_allowlist', 'tools_allowlist', 'automation_allowlist', 'allow_unbounded'];

type SettingsDocument = Readonly<Record<string, unknown>>;

/** Findings about the values of a settings file that the schema of the settings does not make. */
export interface NameFindings {
  /** Names that no operation or action has. */
  readonly unknown: readonly FieldViolation[];
  /** Values that are allowed and probably a mistake. */
  readonly warnings: readonly string[];
}

export const NO_FINDINGS: NameFindings = { unknown: [], warnings: [] };

/** Checks the names in a settings file against the catalog. Text that is not a JSON object has no findings. */
export function checkCatalogNames(text: string, catalog: Catalog): NameFindings {
  const { value } = readSettings(text);
  if (value === undefined) return NO_FINDINGS;
  return {
    unknown: unknownOperations(value, catalog),
    warnings: [...nameWarnings(value, catalog), ...valueWarnings(value, catalog)],
  };
}

/** Returns warnings about values of a valid file. An invalid file gets none: its errors are reported first. */
function valueWarnings(document: SettingsDocument, catalog: Catalog): string[] {
  const settings = validSettings(document);
  return settings === undefined
    ? []
    : [...ceilingWarnings(settings), ...combinationWarnings({ document, settings }, catalog)];
}

function validSettings(document: SettingsDocument): Settings | undefined {
  try {
    return parseSettings(document);
  } catch (error) {
    if (isConnectorError(error)) return undefined;
    throw error;
  }
}

/** Returns a warning for each ceiling above Stripe's default limits, which Stripe raises on request. */
function ceilingWarnings(settings: Settings): string[] {
  const limits = { ...settings, accountCeiling: settings.accountCeiling ?? ACCOUNT_LIMITS.live };
  return highCeilings(limits, 'live').map(
    ({ setting, value, stripe }) => `${setting} is ${value}: Stripe allows ${stripe} unless it raised it for you`,
  );
}

/** Returns the entries of allowlists that name no operation or action. They would permit nothing. */
function unknownOperations(document: SettingsDocument, catalog: Catalog): FieldViolation[] {
  const known = new Set(['*', ...OPERATIONS, ...operationNames(catalog)]);
  return ALLOWLIST_SETTINGS.flatMap((setting) =>
    stringsIn(document[setting]).flatMap((name, index): FieldViolation[] => {
      if (known.has(name)) return [];
      const description = `no operation or action ${name}${didYouMean(name, known)}`;
      return [{ field: `${setting}[${index}]`, description }];
    }),
  );
}

/**
 * Returns warnings about unknown currencies, unknown event types, and currencies of `max_amounts` that
 * `allowed_currencies` does not have. All of these are allowed and probably a mistake.
 */
function nameWarnings(document: SettingsDocument, catalog: Catalog): string[] {
  const { max_amounts: amounts, allowed_currencies: allowed, event_types: types } = document;
  const currencies = new Set(Intl.supportedValuesOf('currency').map((code) => code.toLowerCase()));
  const limited = isObject(amounts) ? Object.keys(amounts) : [];
  const events = new Set(snapshotEventTypes(catalog));
  const permitted = stringsIn(allowed);
  return [
    ...unknownNames('allowed_currencies', permitted, currencies, 'is not an ISO 4217 currency'),
    ...unknownNames('max_amounts', limited, currencies, 'is not an ISO 4217 currency'),
    ...(permitted.length === 0 ? [] : unknownNames('max_amounts', limited, new Set(permitted), NOT_PERMITTED)),
    ...unknownNames('event_types', stringsIn(types).filter(isSnapshotType), events, 'is not an event of Stripe'),
  ];
}

const NOT_PERMITTED = 'is not in allowed_currencies, so its amount is never used';

/** Returns whether an event type should be in `snapshotEventTypes`, which has neither patterns nor events of API v2. */
const isSnapshotType = (type: string): boolean => !type.includes('*') && !type.startsWith('v2.');

function unknownNames(
  setting: string,
  names: readonly string[],
  known: ReadonlySet<string>,
  problem: string,
): string[] {
  return names
    .filter((name) => !known.has(name))
    .map((name) => `${setting}: ${name} ${problem}${didYouMean(name, known)}`);
}

/** Returns `; did you mean Refund.Create?` or an empty string. */
function didYouMean(name: string, known: ReadonlySet<string>): string {
  const closest = sameLetters(name, known) ?? nearest(name, [...known]);
  return closest === undefined || closest.length < 3 ? '' : `; did you mean ${closest}?`;
}

/** Returns the known name with the same letters: `Refund.Create` for `refund_create`, the name of the MCP tool. */
function sameLetters(name: string, known: ReadonlySet<string>): string | undefined {
  const lettersOf = (text: string): string => text.replace(/[._]/g, '').toLowerCase();
  return [...known].find((candidate) => lettersOf(candidate) === lettersOf(name));
}

function operationNames(catalog: Catalog): string[] {
  const ofEntities = catalog
    .names()
    .flatMap((entity) => catalog.operationsOf(entity).map((operation) => `${entity}.${operation}`));
  return [...ofEntities, ...catalog.actionNames()];
}

/** Returns the event types of Stripe's package: those that a webhook endpoint may select. */
function snapshotEventTypes(catalog: Catalog): readonly string[] {
  const { enabled_events: field } = catalog.entity('WebhookEndpoint').operations.Create?.params ?? {};
  const type = field?.type;
  const item = typeof type === 'object' && 'array' in type ? type.array : undefined;
  return typeof item === 'object' && 'enum' in item ? item.enum.map(String) : [];
}

function stringsIn(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((item): item is string => typeof item === 'string') : [];
}
