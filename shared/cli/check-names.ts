import { nearest } from '../catalog/names.ts';
import { OPERATIONS } from '../catalog/types.ts';
import { readSettings } from '../config/settings-document.ts';
import { parseSettings, type Settings } from '../config/settings.ts';
import { isConnectorError, type FieldViolation } from '../errors.ts';
import { isObject } from '../is-object.ts';
import type { Catalog } from '../ports/catalog.ts';
import { ACCOUNT_LIMITS } from '../rate-limiter/capacity.ts';
import { highCeilings } from '../rate-limiter/endpoints/above-stripe.ts';
import { unlikelyCombinations } from './check-combinations.ts';

/** Settings that list operations and actions. */
const ALLOWLIST_SETTINGS = ['operations_allowlist', 'tools_allowlist', 'automation_allowlist', 'allow_unbounded'];

type SettingsDocument = Readonly<Record<string, unknown>>;

/** What a settings file says that its schema cannot judge. */
export interface NameFindings {
  readonly unknown: readonly FieldViolation[];
  /** What is allowed and probably a mistake. */
  readonly warnings: readonly string[];
}

export const NO_FINDINGS: NameFindings = { unknown: [], warnings: [] };

/** Checks the names in a settings file against the catalog. Text that is not a JSON object has no findings. */
export function checkCatalogNames(text: string, catalog: Catalog): NameFindings {
  const { value } = readSettings(text);
  if (value === undefined) return NO_FINDINGS;
  return {
    unknown: unknownOperations(value, catalog),
    warnings: [...unlikelyNames(value, catalog), ...unlikelyValues(value, catalog)],
  };
}

/** Returns what a valid file probably does not mean. An invalid one has its problems. */
function unlikelyValues(document: SettingsDocument, catalog: Catalog): string[] {
  const settings = validSettings(document);
  return settings === undefined
    ? []
    : [...highRates(settings), ...unlikelyCombinations({ document, settings }, catalog)];
}

function validSettings(document: SettingsDocument): Settings | undefined {
  try {
    return parseSettings(document);
  } catch (error) {
    if (isConnectorError(error)) return undefined;
    throw error;
  }
}

/** Returns the ceilings above those that Stripe has for every account: it raises them on request. */
function highRates(settings: Settings): string[] {
  const limits = { ...settings, accountCeiling: settings.accountCeiling ?? ACCOUNT_LIMITS.live };
  return highCeilings(limits, 'live').map(
    ({ setting, value, stripe }) => `${setting} is ${value}: Stripe allows ${stripe} unless it raised it for you`,
  );
}

/** Returns the entries of allowlists that no operation or action has: they would permit nothing. */
function unknownOperations(document: SettingsDocument, catalog: Catalog): FieldViolation[] {
  const known = new Set(['*', ...OPERATIONS, ...operationNames(catalog)]);
  return ALLOWLIST_SETTINGS.flatMap((setting) =>
    stringsIn(document[setting]).flatMap((name, index) =>
      known.has(name)
        ? []
        : [{ field: `${setting}[${index}]`, description: `no operation or action ${name}${meant(name, known)}` }],
    ),
  );
}

/** Returns what is allowed but probably a mistake: currencies and types of events that are not known. */
function unlikelyNames(document: SettingsDocument, catalog: Catalog): string[] {
  const { max_amounts: amounts, allowed_currencies: allowed, event_types: types } = document;
  const currencies = new Set(Intl.supportedValuesOf('currency').map((code) => code.toLowerCase()));
  const limited = isObject(amounts) ? Object.keys(amounts) : [];
  const events = new Set(snapshotEventTypes(catalog));
  const permitted = stringsIn(allowed);
  return [
    ...unknownOf('allowed_currencies', permitted, currencies, 'is not an ISO 4217 currency'),
    ...unknownOf('max_amounts', limited, currencies, 'is not an ISO 4217 currency'),
    ...(permitted.length === 0 ? [] : unknownOf('max_amounts', limited, new Set(permitted), NOT_PERMITTED)),
    ...unknownOf('event_types', stringsIn(types).filter(isSnapshotType), events, 'is not an event of Stripe'),
  ];
}

const NOT_PERMITTED = 'is not in allowed_currencies, so its amount is never used';

/** The thin events of v2 and patterns are not in the list of Stripe's package. */
const isSnapshotType = (type: string): boolean => !type.includes('*') && !type.startsWith('v2.');

function unknownOf(setting: string, names: readonly string[], known: ReadonlySet<string>, problem: string): string[] {
  return names.filter((name) => !known.has(name)).map((name) => `${setting}: ${name} ${problem}${meant(name, known)}`);
}

function meant(name: string, known: ReadonlySet<string>): string {
  const suggestion = bareNameOf(name, known) ?? nearest(name, [...known]);
  return suggestion === undefined || suggestion.length < 3 ? '' : `; did you mean ${suggestion}?`;
}

/** The name of a tool is that of its operation with other marks: refund_create. */
function bareNameOf(name: string, known: ReadonlySet<string>): string | undefined {
  const bare = (text: string): string => text.replace(/[._]/g, '').toLowerCase();
  return [...known].find((candidate) => bare(candidate) === bare(name));
}

function operationNames(catalog: Catalog): string[] {
  const ofEntities = catalog
    .names()
    .flatMap((entity) => catalog.operationsOf(entity).map((operation) => `${entity}.${operation}`));
  return [...ofEntities, ...catalog.actionNames()];
}

/** The types that an endpoint may select are those of Stripe's package. */
function snapshotEventTypes(catalog: Catalog): readonly string[] {
  const { enabled_events: field } = catalog.entity('WebhookEndpoint').operations.Create?.params ?? {};
  const type = field?.type;
  const item = typeof type === 'object' && 'array' in type ? type.array : undefined;
  return typeof item === 'object' && 'enum' in item ? item.enum.map(String) : [];
}

function stringsIn(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((item): item is string => typeof item === 'string') : [];
}
