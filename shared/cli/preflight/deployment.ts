/** What the user will deploy. The options of the command describe it, or a plan of Terraform (terraform-plan.ts). */
import { APIS, BASE_ROLES, STORING_APIS } from './requirements.ts';

/** A location that the deployment uses, and the resource in it. */
export interface PlannedLocation {
  /** A region or a multi-region. */
  readonly location: string;
  /** The resource, such as `database stripe-connector`. */
  readonly resource: string;
}

export interface PlannedFunction {
  readonly name: string;
  readonly region: string;
  /** vCPUs of one instance. */
  readonly cpu: number;
  readonly maxInstances: number;
}

export interface PlannedConnection {
  /** Undefined if the name is not known. The preflight then treats the connection as a new one. */
  readonly name: string | undefined;
  /** Secret of its API key: `projects/P/secrets/S`. */
  readonly secret: string;
  /** Maximum requests a second to the Stripe account. */
  readonly ceiling: number;
}

export interface PlannedDeployment {
  /** Id of the Google Cloud project. */
  readonly project: string;
  /** Names of APIs without `.googleapis.com`. */
  readonly apis: readonly string[];
  readonly roles: readonly RequiredRole[];
  readonly functions: readonly PlannedFunction[];
  readonly locations: readonly PlannedLocation[];
  readonly schedulerRegions: readonly string[];
  readonly database: { readonly id: string; readonly location: string | undefined; readonly created: boolean };
  /** `projects/P/secrets/S`. The first is the secret of an API key. */
  readonly secrets: readonly string[];
  readonly connections: readonly PlannedConnection[];
  /** The connections' values of `ingress` and `webhook_ingress`. */
  readonly ingress: readonly string[];
  /** APIs that store data which no key of Cloud KMS encrypts. */
  readonly storesWithoutKey: readonly string[];
  /** Whether `allUsers` must be an invoker, so that Stripe reaches `stripe-events`. */
  readonly publicWebhook: boolean;
  /** Types of resources whose roles the preflight does not know. */
  readonly unknownTypes: readonly string[];
}

/** A role that the deploying user or account needs. `permission` is in this role, but not in narrower roles. */
export interface RequiredRole {
  readonly role: string;
  readonly permission: string;
  /** `projects/P`, a key of Cloud KMS, `billingAccounts/A`, or `tagValues/V`. */
  readonly resource: string;
}

/** The options of the command, with the defaults of infra/examples/minimal. */
export interface DeploymentOptions {
  readonly project: string;
  readonly region: string;
  readonly location: string;
  readonly database: string;
  readonly maxNodes: number;
  readonly cpu: number;
  readonly secret: string;
  readonly ingress: string;
  readonly kmsKey: boolean;
  readonly publicWebhook: boolean;
}

/**
 * Returns the deployment that the options describe: the modules `project` and `connection` with all their optional
 * resources.
 */
export function deploymentByOptions(options: DeploymentOptions): PlannedDeployment {
  const { project, region, location, database, publicWebhook } = options;
  const secret = `projects/${project}/secrets/${options.secret}`;
  return {
    project,
    apis: APIS,
    roles: Object.entries(BASE_ROLES).map(([role, { permission }]) => ({
      role,
      permission,
      resource: `projects/${project}`,
    })),
    functions: [{ name: 'a function', region, cpu: options.cpu, maxInstances: options.maxNodes }],
    locations: [
      { location: region, resource: 'functions, images and packages' },
      { location, resource: `database ${database}` },
    ],
    schedulerRegions: [region],
    database: { id: database, location, created: true },
    secrets: [secret],
    // The options do not have the new connection's ceiling. With 1, the check of ceilings fails only if the deployed
    // connections with the same key already use the whole limit of the account.
    connections: [{ name: undefined, secret, ceiling: 1 }],
    ingress: [options.ingress, ...(publicWebhook ? ['ALLOW_ALL'] : [])],
    storesWithoutKey: options.kmsKey ? [] : STORING_APIS,
    publicWebhook,
    unknownTypes: [],
  };
}
