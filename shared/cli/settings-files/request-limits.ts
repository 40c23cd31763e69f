/** The table of the limits of a request, with the settings that lower them. */
import * as z from 'zod/mini';
import { LOCAL_DEFAULTS } from '../../config/environment.ts';
import { settingsSchema } from '../../config/settings-schema.ts';
import { parseSettings } from '../../config/settings.ts';
import { camel } from '../../config/settings/setting.ts';
import { REQUEST_LIMITS, requestLimits, type RequestLimits } from '../../operations/request/limits.ts';
import { paddedTable } from './tables.ts';

type LimitName = keyof RequestLimits;

/** What each limit counts, by the field of the request. */
const LIMIT_DESCRIPTIONS: Readonly<Record<LimitName, string>> = {
  pageSize: '`listEntitiesPageSize`: rows of a page of List',
  maxAffected: '`maxAffected`: rows that one Update or Delete by clause may write',
  waitSeconds: '`seconds` of `waitFor`',
  maxClauseLength: 'characters of `filterClause`',
  maxListed: 'names in `fields`, in `expand`',
  maxFileBytes: 'bytes of a file, which `Content` has as base64',
  maxInputLevels: 'levels of objects in an input',
  maxMessageItems: 'operations in one Pub/Sub message',
};

export function requestLimitsTable(): string {
  const names = Object.keys(LIMIT_DESCRIPTIONS) as LimitName[];
  const rows = names.map((name) => {
    const [allowed, defaultValue] = boundTexts(REQUEST_LIMITS[name]);
    return [LIMIT_DESCRIPTIONS[name], allowed, defaultValue, settingsThatLower(name).join(', ')];
  });
  return paddedTable(['limit of', 'allowed', 'default', 'lowered by'], rows);
}

/** Returns the texts of the allowed values and of the default, which is empty if the limit has none. */
function boundTexts(limit: RequestLimits[LimitName]): readonly [allowed: string, defaultValue: string] {
  if (typeof limit === 'number') return [`at most ${numberText(limit)}`, ''];
  const defaultValue = 'default' in limit ? numberText(limit.default) : '';
  return [`${numberText(limit.min)} to ${numberText(limit.max)}`, defaultValue];
}

/** 10000 -> 10,000 */
function numberText(value: number): string {
  return value.toLocaleString('en-US');
}

/** Returns the settings that lower a limit: those whose smallest value changes the limit. */
function settingsThatLower(limit: LimitName): string[] {
  const defaults = parseSettings(LOCAL_DEFAULTS);
  return Object.entries(smallestValues())
    .filter(([setting, smallest]) => {
      const lowered = requestLimits({ ...defaults, [camel(setting)]: smallest });
      return JSON.stringify(lowered[limit]) !== JSON.stringify(REQUEST_LIMITS[limit]);
    })
    .map(([setting]) => `\`${setting}\``);
}

/** Returns the smallest value of each setting that is an integer. */
function smallestValues(): Record<string, number> {
  const { properties = {} } = z.toJSONSchema(settingsSchema(), { io: 'input', unrepresentable: 'any' });
  return Object.fromEntries(
    Object.entries(properties).flatMap(([name, schema]) =>
      typeof schema === 'object' && schema.type === 'integer' && schema.minimum !== undefined
        ? [[name, schema.minimum]]
        : [],
    ),
  );
}
