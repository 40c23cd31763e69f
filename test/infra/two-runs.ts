/** Several runs of Terraform on one state and one cloud: what a second apply changes, and what a destroy leaves. */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { ruleOf } from './resource-rules.ts';
import { readExisting, type Existing } from './stand-in-cloud.ts';
import type { Ran, Workplace } from './terraform.ts';

export type Inputs = Readonly<Record<string, unknown>>;

/** One root module with its state, on the workplace's cloud. */
export interface Runs {
  plan(inputs: Inputs): Ran;
  /** `imports` are import blocks for this run. */
  apply(inputs: Inputs, imports?: readonly string[]): Ran;
  destroy(inputs: Inputs): Ran;
  import(inputs: Inputs, address: string, id: string): Ran;
  /** An import block for everything in the state that can exist once only. */
  importBlocks(): string[];
  cloud(): Existing;
  /** Stores the id of an operation in a database, as a connection would. */
  addRecord(database: string, record: string): void;
  /** The records of a database; undefined if there is no such database. */
  records(database: string): unknown;
  /** Forgets the state: what exists is then unknown to Terraform. */
  forget(): void;
  /** An empty project, and no state. */
  clear(): void;
}

/** A project and a connection of one function, without alerts: small, so that a run takes a second. */
const ROOT = `
variable "project" { default = "shop-prod" }
variable "region" { default = "europe-west1" }
variable "database_of" { default = {} }
variable "connection_of" { default = {} }

module "project" {
  source                 = "../project"
  project                = var.project
  regions                = try(var.database_of.regions, ["europe-west1"])
  location               = try(var.database_of.location, null)
  database               = try(var.database_of.database, "stripe-connector")
  create_database        = try(var.database_of.create_database, true)
  delete_protection      = try(var.database_of.delete_protection, true)
  point_in_time_recovery = try(var.database_of.point_in_time_recovery, false)
  backup_days            = try(var.database_of.backup_days, 0)
  kms_key                = try(var.database_of.kms_key, null)
  accept_state_loss      = try(var.database_of.accept_state_loss, null)
  enable_vpc_connectors  = try(var.database_of.enable_vpc_connectors, false)
}

module "connection" {
  source            = "../connection"
  project           = module.project.project
  project_number    = module.project.project_number
  region            = try(var.connection_of.region, var.region)
  database          = try(var.connection_of.database, module.project.database)
  name              = try(var.connection_of.name, "stripe")
  layout            = try(var.connection_of.layout, "functions")
  functions         = try(var.connection_of.layout, "functions") == "single" ? [] : ["get-entity"]
  api_key           = "projects/\${var.project}/secrets/stripe-api-key/versions/latest"
  invokers          = { "*" = ["user:you@example.com"] }
  accept_state_loss = try(var.connection_of.accept_state_loss, null)
  enable_automation = true
  enable_alerts     = false
  enable_dashboard  = false
}
`;

/** Makes the root module in a workplace and initializes it. */
export function runsIn(place: Workplace): Runs {
  const root = 'two-runs';
  const folder = path.join(place.folder, 'infra', root);
  mkdirSync(folder);
  writeFileSync(path.join(folder, 'main.tf'), ROOT);
  const { status, text } = place.init(root);
  if (status !== 0) throw new Error(text);

  const run = (inputs: Inputs, ...args: string[]): Ran => {
    writeFileSync(path.join(folder, 'values.auto.tfvars.json'), JSON.stringify(inputs));
    return place.run(root, ...args);
  };
  const key = (database: string): string => `google_firestore_database projects/shop-prod/databases/${database}`;
  const forget = (): void => {
    for (const name of ['terraform.tfstate', 'terraform.tfstate.backup'])
      rmSync(path.join(folder, name), { force: true });
  };
  return {
    plan: (inputs) => run(inputs, 'plan', '-no-color', '-input=false'),
    apply(inputs, imports = []) {
      const file = path.join(folder, 'imports.tf');
      writeFileSync(file, imports.join('\n'));
      const ran = run(inputs, 'apply', '-auto-approve', '-no-color', '-input=false');
      rmSync(file);
      return ran;
    },
    destroy: (inputs) => run(inputs, 'destroy', '-auto-approve', '-no-color', '-input=false'),
    import: (inputs, address, id) => run(inputs, 'import', '-no-color', '-input=false', address, id),
    importBlocks: () => importsOf(JSON.parse(readFileSync(path.join(folder, 'terraform.tfstate'), 'utf8')) as State),
    cloud: () => readExisting(place.cloud),
    addRecord(database, record) {
      const cloud = readExisting(place.cloud);
      const held = cloud[key(database)];
      if (held === undefined) throw new Error(`there is no database ${database}`);
      cloud[key(database)] = { ...held, records: [record] };
      writeFileSync(place.cloud, JSON.stringify(cloud));
    },
    records: (database) => readExisting(place.cloud)[key(database)]?.['records'],
    forget,
    clear() {
      forget();
      rmSync(place.cloud, { force: true });
    },
  };
}

interface State {
  readonly resources: readonly {
    readonly mode: string;
    readonly module?: string;
    readonly type: string;
    readonly name: string;
    readonly instances: readonly {
      readonly index_key?: string | number;
      readonly attributes: { readonly id: string };
    }[];
  }[];
}

/** https://developer.hashicorp.com/terraform/language/block/import */
function importsOf({ resources }: State): string[] {
  return resources
    .filter(({ mode, type }) => mode === 'managed' && type.startsWith('google_') && !ruleOf(type).repeatable)
    .flatMap(({ module = '', type, name, instances }) =>
      instances.map(({ index_key: key, attributes: { id } }) => {
        const index = key === undefined ? '' : `[${JSON.stringify(key)}]`;
        return `import {\n  to = ${module}.${type}.${name}${index}\n  id = ${JSON.stringify(id)}\n}\n`;
      }),
    );
}

/** Whether a plan or an apply found nothing to change. */
export const changesNothing = ({ text }: Ran): boolean => text.includes('No changes.');
