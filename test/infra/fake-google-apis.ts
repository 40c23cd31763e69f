/** Google's REST APIs on loopback, as a project without a deployment answers them. Each test changes what it needs. */
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { APIS, BASE_ROLES, FURTHER_ROLES, OUTSIDE_ROLES } from '../../shared/cli/preflight/requirements.ts';
import type { Fetch } from '../../shared/cli/preflight/google-api.ts';

export interface ProjectState {
  projectState: string;
  billing: boolean;
  enabled: readonly string[];
  /** Those that Google lists for the project; undefined for all. */
  offered?: readonly string[];
  permissions: readonly string[];
  /** Effective organization policies by constraint. */
  policies: Readonly<Record<string, object>>;
  /** Locations of each API. */
  locations: Readonly<Record<string, readonly string[]>>;
  /** Thousandths of a vCPU by region; '' is the default of all regions. */
  cpu: Readonly<Record<string, number>>;
  databases: Readonly<Record<string, { type: string; locationId: string }>>;
  /** State of the latest version of each secret. */
  secrets: Readonly<Record<string, string>>;
  /** Locations of secrets without automatic replication. */
  replicas: Readonly<Record<string, readonly string[]>>;
  /** CONNECTION_SETTINGS of the functions that are deployed. */
  deployed: readonly string[];
}

export const freshProject = (): ProjectState => ({
  projectState: 'ACTIVE',
  billing: true,
  enabled: [...APIS, 'cloudbilling', 'cloudkms'],
  permissions: [...Object.values({ ...BASE_ROLES, ...FURTHER_ROLES }), ...OUTSIDE_ROLES].map(
    ({ permission }) => permission,
  ),
  policies: {},
  locations: Object.fromEntries(
    ['cloudfunctions', 'cloudscheduler', 'artifactregistry', 'firestore'].map((name) => [name, ['europe-west1']]),
  ),
  cpu: { '': 200_000 },
  databases: {},
  secrets: { 'stripe-api-key': 'ENABLED' },
  replicas: {},
  deployed: [],
});

export interface FakeGoogleApis {
  /** Sends every request for `https://SERVICE.googleapis.com/PATH` to this server. */
  readonly fetch: Fetch;
  /** Methods and addresses of the requests. */
  readonly requests: readonly string[];
  close(): void;
}

type Reply = readonly [status: number, body: object];

export async function fakeGoogleApis(project: string, token: string, state: ProjectState): Promise<FakeGoogleApis> {
  const requests: string[] = [];
  const server = http.createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      requests.push(`${request.method} ${request.url}`);
      const body = Buffer.concat(chunks).toString();
      const [status, reply] =
        request.headers.authorization === `Bearer ${token}`
          ? replyTo(project, state, request.url ?? '', body === '' ? {} : (JSON.parse(body) as Command))
          : error(401, 'UNAUTHENTICATED', 'Request had invalid authentication credentials.');
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(reply));
    });
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  const { port } = server.address() as AddressInfo;
  return {
    fetch: (url, init) => fetch(url.replace('https://', `http://127.0.0.1:${port}/`), init),
    requests,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

interface Command {
  readonly permissions?: readonly string[];
  readonly constraint?: string;
}

/** The form of Google's errors: https://cloud.google.com/apis/design/errors */
function error(code: number, reason: string, message: string): Reply {
  return [
    code,
    { error: { code, message, details: [{ '@type': 'type.googleapis.com/google.rpc.ErrorInfo', reason }] } },
  ];
}

const NOT_FOUND = error(404, 'NOT_FOUND', 'Not found.');

function replyTo(project: string, state: ProjectState, url: string, command: Command): Reply {
  const [, service = '', path = '', query = ''] = /^\/([a-z]+)\.googleapis\.com\/([^?]*)\??(.*)$/.exec(url) ?? [];
  if (!state.enabled.includes(service))
    return error(403, 'SERVICE_DISABLED', `${service}.googleapis.com has not been used in project ${project} before.`);
  if (command.permissions !== undefined)
    return [200, { permissions: command.permissions.filter((name) => state.permissions.includes(name)) }];
  const at = `projects/${project}`;
  if (!path.includes(at)) return NOT_FOUND;
  const rest = path.slice(path.indexOf(at) + at.length);
  switch (`${service}${rest.replace(/[^/:]*$/, (last) => (/^(locations|billingInfo)$/.test(last) ? last : ''))}`) {
    case 'cloudresourcemanager':
      return [200, { name: 'projects/123', state: state.projectState }];
    case 'cloudbilling/billingInfo':
      return [200, { billingEnabled: state.billing }];
    case 'serviceusage/services:': {
      const names = [...query.matchAll(/services\/(\w+)\./g)]
        .map(([, name = '']) => name)
        .filter((name) => state.offered?.includes(name) ?? true);
      const stateOf = (name: string): string => (state.enabled.includes(name) ? 'ENABLED' : 'DISABLED');
      return [
        200,
        { services: names.map((name) => ({ name: `${at}/services/${name}.googleapis.com`, state: stateOf(name) })) },
      ];
    }
    case 'cloudresourcemanager:':
      return [200, { constraint: command.constraint, ...state.policies[command.constraint ?? ''] }];
    case 'serviceusage/services/run.googleapis.com/consumerQuotaMetrics/':
      return [200, { consumerQuotaLimits: [{ quotaBuckets: quotaBuckets(state.cpu) }] }];
    case 'cloudfunctions/locations/-/':
      return [200, { functions: state.deployed.map(deployedFunction) }];
    case 'firestore/databases/':
      return found(state.databases[path.split('/').at(-1) ?? '']);
    default:
      if (service === 'secretmanager') return secretReply(state, rest);
      return rest === '/locations' ? locationPage(state.locations[service] ?? [], query) : NOT_FOUND;
  }
}

/** `/secrets/S` and `/secrets/S/versions/latest` */
function secretReply({ secrets, replicas }: ProjectState, path: string): Reply {
  const [, , id = '', versions] = path.split('/');
  const state = secrets[id];
  if (state === undefined) return NOT_FOUND;
  if (versions !== undefined) return [200, { state }];
  const locations = replicas[id]?.map((location) => ({ location }));
  return [200, { replication: locations === undefined ? { automatic: {} } : { userManaged: { replicas: locations } } }];
}

const found = (body: object | string | undefined): Reply => (typeof body === 'object' ? [200, body] : NOT_FOUND);

function deployedFunction(settings: string): object {
  return { serviceConfig: { environmentVariables: { CONNECTION_SETTINGS: settings } } };
}

function quotaBuckets(cpu: Readonly<Record<string, number>>): object[] {
  return Object.entries(cpu).map(([region, limit]) => ({
    effectiveLimit: String(limit),
    ...(region === '' ? {} : { dimensions: { region } }),
  }));
}

/** One location a page. */
function locationPage(locations: readonly string[], query: string): Reply {
  const page = Number(/pageToken=(\d+)/.exec(query)?.[1] ?? 0);
  const next = page + 1 < locations.length ? { nextPageToken: String(page + 1) } : {};
  return [200, { locations: locations.slice(page, page + 1).map((locationId) => ({ locationId })), ...next }];
}
