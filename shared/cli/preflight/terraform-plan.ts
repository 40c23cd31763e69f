/** Reads the deployment from a plan, as `terraform show -json` prints it. */
import * as z from 'zod';
import { DEFAULT_DATABASE } from '../../config/environment-variables.ts';
import { ACCOUNT_LIMITS } from '../../rate-limiter/capacity.ts';
import { readConnectionSettings } from './connection-settings.ts';
import type { PlannedConnection, PlannedDeployment, PlannedLocation, RequiredRole } from './deployment.ts';
import { BASE_ROLES, FURTHER_ROLES, OUTSIDE_ROLES, STORING_TYPES } from './requirements.ts';

/** https://developer.hashicorp.com/terraform/internals/json-format#values-representation */
const resourceBody = z.object({
  address: z.string(),
  mode: z.string(),
  type: z.string(),
  values: z.record(z.string(), z.unknown()).default({}),
});
const moduleBody = z.object({
  resources: z.array(resourceBody).default([]),
  get child_modules() {
    return z.array(moduleBody).default([]);
  },
});
const planBody = z.object({
  planned_values: z.object({ root_module: moduleBody }),
  resource_changes: z
    .array(z.object({ address: z.string(), change: z.object({ actions: z.array(z.string()) }) }))
    .default([]),
});

type Resource = z.output<typeof resourceBody>;

/** Returns the deployment of a plan. Throws Error if the text is not a plan. */
export function deploymentOfPlan(text: string, project: string): PlannedDeployment {
  const parsed = planBody.safeParse(parsedJson(text));
  if (!parsed.success) throw new Error('this is no plan: terraform show -json PLAN prints one');
  const resources = resourcesOf(parsed.data.planned_values.root_module).filter(({ mode }) => mode === 'managed');
  const created = new Set(
    parsed.data.resource_changes.flatMap(({ address, change }) => (change.actions.includes('create') ? [address] : [])),
  );
  const ofType = (type: string): Resource[] => resources.filter((resource) => resource.type === type);
  const functions = ofType('google_cloudfunctions2_function');
  const connections = connectionsOf(functions);
  const databases = ofType('google_firestore_database');
  const [database] = databases;
  return {
    project,
    apis: unique(
      ofType('google_project_service').map(({ values }) => stringOrEmpty(values['service']).split('.')[0] ?? ''),
    ),
    ...rolesOf(resources, project),
    functions: functions.map(plannedFunction),
    locations: locationsOf(resources),
    schedulerRegions: unique(ofType('google_cloud_scheduler_job').map(({ values }) => stringOrEmpty(values['region']))),
    database: {
      id: database === undefined ? plannedDatabase(functions) : stringOrEmpty(database.values['name']),
      location: database === undefined ? undefined : stringOrEmpty(database.values['location_id']),
      created: database !== undefined && created.has(database.address),
    },
    secrets: unique([
      ...connections.map(({ secret }) => secret),
      ...ofType('google_secret_manager_secret_iam_member').map(({ values }) => stringOrEmpty(values['secret_id'])),
    ]),
    connections,
    ingress: unique(functions.map(({ values }) => stringOrEmpty(serviceOf(values)['ingress_settings']))),
    storesWithoutKey: unique(resources.flatMap(apisWithoutKey)),
    // A policy may allow everyone for a resource with a tag. The effective policy of the project does not show this.
    publicWebhook:
      ofType('google_tags_location_tag_binding').length === 0 &&
      ofType('google_cloud_run_service_iam_member').some(({ values }) => values['member'] === 'allUsers'),
  };
}

function resourcesOf({ resources, child_modules }: z.output<typeof moduleBody>): Resource[] {
  return [...resources, ...child_modules.flatMap(resourcesOf)];
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const stringOrEmpty = (value: unknown): string => (typeof value === 'string' ? value : '');
const unique = (texts: readonly string[]): string[] => [...new Set(texts)].filter((text) => text !== '');

/** Returns the first block of a resource that has this name, or an empty block. */
function blockOf(values: Readonly<Record<string, unknown>>, name: string): Readonly<Record<string, unknown>> {
  const [first] = z.array(z.record(z.string(), z.unknown())).catch([]).parse(values[name]);
  return first ?? {};
}
const serviceOf = (values: Resource['values']): Readonly<Record<string, unknown>> => blockOf(values, 'service_config');
const environmentOf = (values: Resource['values']): Readonly<Record<string, string>> =>
  z.record(z.string(), z.string()).catch({}).parse(serviceOf(values)['environment_variables']);

function plannedFunction({ values }: Resource): PlannedDeployment['functions'][number] {
  const service = serviceOf(values);
  return {
    name: stringOrEmpty(values['name']),
    region: stringOrEmpty(values['location']),
    cpu: Number(service['available_cpu'] ?? 1),
    maxInstances: Number(service['max_instance_count'] ?? 1),
  };
}

/** Returns the database that the functions name, for a plan without a database. */
function plannedDatabase(functions: readonly Resource[]): string {
  const [first] = functions.map(({ values }) => environmentOf(values)['FIRESTORE_DATABASE']);
  return first ?? DEFAULT_DATABASE;
}

function connectionsOf(functions: readonly Resource[]): PlannedConnection[] {
  const settings = functions.map(({ values }) => readConnectionSettings(environmentOf(values)['CONNECTION_SETTINGS']));
  const byName = new Map(settings.flatMap((setting) => (setting === undefined ? [] : [[setting.name, setting]])));
  return [...byName.values()].map(({ name, api_key, account_ceiling }) => ({
    name,
    secret: api_key?.split('/versions/')[0] ?? '',
    ceiling: account_ceiling ?? ACCOUNT_LIMITS.live,
  }));
}

/** Returns the locations of the resources except `global`, with one entry for all resources of a kind in a location. */
function locationsOf(resources: readonly Resource[]): PlannedLocation[] {
  const names = new Map<string, { location: string; kind: string; names: string[] }>();
  for (const { type, values } of resources) {
    const location = firstText(values, ['location', 'location_id', 'region']).toLowerCase();
    // An IAM member and a tag binding have the location of another resource.
    if (location === '' || location === 'global' || /_iam_|tag_binding/.test(type)) continue;
    const kind = kindOf(type);
    const group = names.get(`${location} ${kind}`) ?? { location, kind, names: [] };
    group.names.push(firstText(values, ['name', 'repository_id']));
    names.set(`${location} ${kind}`, group);
  }
  return [...names.values()].map(({ location, kind, names: [first = '', ...others] }) => ({
    location,
    resource: others.length === 0 ? `${kind} ${first}` : `${others.length + 1} of kind ${kind}`,
  }));
}

const firstText = (values: Resource['values'], names: readonly string[]): string =>
  names.map((name) => stringOrEmpty(values[name])).find((text) => text !== '') ?? '';

/** `google_firestore_database` -> `database` */
function kindOf(type: string): string {
  return type.split('_').slice(2).join(' ');
}

/** Returns the APIs that store data of a resource, if no key of Cloud KMS encrypts the data. */
function apisWithoutKey({ type, values }: Resource): readonly string[] {
  const apis = STORING_TYPES[type] ?? [];
  const key = [
    values['kms_key_name'],
    blockOf(values, 'cmek_config')['kms_key_name'],
    blockOf(values, 'encryption')['default_kms_key_name'],
  ];
  return key.some((name) => stringOrEmpty(name) !== '') ? [] : apis;
}

function rolesOf(resources: readonly Resource[], project: string): Pick<PlannedDeployment, 'roles' | 'unknownTypes'> {
  const types = unique(resources.map(({ type }) => type)).filter((type) => type.startsWith('google_'));
  const onProject = Object.entries({ ...BASE_ROLES, ...FURTHER_ROLES }).filter(([, use]) =>
    types.some((type) => use.types.some((begin) => type.startsWith(begin))),
  );
  const outside = OUTSIDE_ROLES.flatMap(({ type, argument, role, permission }): RequiredRole[] =>
    unique(
      resources.filter((resource) => resource.type === type).map(({ values }) => stringOrEmpty(values[argument])),
    ).map((name) => ({
      role,
      permission,
      resource: type === 'google_billing_budget' ? `billingAccounts/${name}` : name,
    })),
  );
  const known = [
    ...Object.values({ ...BASE_ROLES, ...FURTHER_ROLES }).flatMap((use) => use.types),
    ...OUTSIDE_ROLES.map(({ type }) => type),
  ];
  return {
    roles: [
      ...onProject.map(([role, { permission }]) => ({ role, permission, resource: `projects/${project}` })),
      ...outside,
    ],
    unknownTypes: types.filter((type) => !known.some((begin) => type.startsWith(begin))),
  };
}
