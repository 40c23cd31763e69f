/** The cloud behind the stand-in of Google's provider: what exists, in a file that a test may read and change. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { apiOf, ruleOf, type Values } from './resource-rules.ts';

/** What exists, by type and id. A test adds `records` to a database, to see what becomes of them. */
export type Existing = Record<string, Values>;

/** What the API or the provider answers in place of a result. */
export class Rejected extends Error {}

export const readExisting = (file: string): Existing =>
  existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Existing) : {};

export class StandInCloud {
  constructor(private readonly file: string) {}

  /**
   * Reads a project.
   *
   * @throws Rejected if the API that reads projects is not enabled
   */
  project(id: string): Values {
    const api = 'cloudresourcemanager.googleapis.com';
    if (!enabled(readExisting(this.file), id, api)) throw disabled(id, api);
    return { project_id: id, number: '123456789' };
  }

  find(type: string, id: string): Values | undefined {
    return readExisting(this.file)[`${type} ${id}`];
  }

  /**
   * Creates a resource and returns its values.
   *
   * @throws Rejected if its API is not enabled, or if it exists already
   */
  create(type: string, values: Values): Values {
    const existing = readExisting(this.file);
    const rule = ruleOf(type);
    const id = rule.id(values);
    const api = apiOf(type);
    const { project } = values;
    // https://docs.cloud.google.com/service-usage/docs/enabled-service
    if (api !== undefined && typeof project === 'string' && !enabled(existing, project, api))
      throw disabled(project, api);
    const key = `${type} ${id}`;
    if (existing[key] !== undefined && !rule.repeatable)
      throw new Rejected(`Error 409: ${id} already exists, ALREADY_EXISTS`);
    const made = { ...values, id, ...rule.filled(values, id) };
    this.write({ ...existing, [key]: { ...existing[key], ...made } });
    return made;
  }

  update(type: string, id: string, values: Values): Values {
    const existing = readExisting(this.file);
    const changed = { ...values, id, ...ruleOf(type).filled(values, id) };
    this.write({ ...existing, [`${type} ${id}`]: { ...existing[`${type} ${id}`], ...changed } });
    return changed;
  }

  /**
   * Deletes a resource. With `deletion_policy` ABANDON it is forgotten and stays.
   * https://registry.terraform.io/providers/hashicorp/google/latest/docs/resources/firestore_database#deletion_policy
   *
   * @throws Rejected for a database with delete protection
   */
  delete(type: string, id: string, { deletion_policy: policy }: Values): void {
    if (policy === 'ABANDON') return;
    const { [`${type} ${id}`]: deleted, ...others } = readExisting(this.file);
    if (type === 'google_firestore_database') {
      if (deleted?.['delete_protection_state'] === 'DELETE_PROTECTION_ENABLED')
        throw new Rejected(`Error 400: ${id} has delete protection, FAILED_PRECONDITION`);
      // The provider's default is to forget a database.
      if (policy !== 'DELETE') return;
    }
    // An API stays enabled with `disable_on_destroy = false`.
    if (type !== 'google_project_service') this.write(others);
  }

  private write(existing: Existing): void {
    writeFileSync(this.file, JSON.stringify(existing, undefined, 1));
  }
}

function disabled(project: string, api: string): Rejected {
  return new Rejected(
    `Error 403: ${api} has not been used in project ${project} before or it is disabled, SERVICE_DISABLED`,
  );
}

function enabled(existing: Existing, project: string, api: string): boolean {
  return existing[`google_project_service ${project}/${api}`] !== undefined;
}
