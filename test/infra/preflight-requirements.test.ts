/** The APIs and roles that the preflight checks are those of Terraform and of the page. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import {
  APIS,
  BASE_ROLES,
  BOOTSTRAP_APIS,
  FURTHER_ROLES,
  OUTSIDE_ROLES,
} from '../../shared/cli/preflight/requirements.ts';

void test('the APIs are those that Terraform enables, and the roles those of the page', () => {
  const module = readFileSync('infra/project/main.tf', 'utf8');
  const [, list = ''] = /concat\(\s*\[([^\]]*)\]/.exec(module) ?? [];
  const enabled = [...list.matchAll(/"(\w+)"/g), ...module.matchAll(/^ +service += "(\w+)\.googleapis/gm)];
  assert.deepEqual(enabled.map(([, name]) => name).sort(), [...APIS].sort());
  const page = readFileSync('infra/README.md', 'utf8');
  const [, roles = ''] = /To deploy you need these roles on the project:([^;]*);/.exec(page) ?? [];
  assert.deepEqual(
    [...roles.matchAll(/`(roles\/[\w.]+)`/g)].map(([, name]) => name).sort(),
    Object.keys(BASE_ROLES).sort(),
  );
  const [, further = ''] = /Further resources need further roles: ([^]*?)\n\n/.exec(page) ?? [];
  assert.deepEqual(
    [...further.matchAll(/`(roles\/[\w.]+)`/g)].map(([, name]) => name).sort(),
    [...Object.keys(FURTHER_ROLES), ...OUTSIDE_ROLES.map(({ role }) => role)].sort(),
  );
  const [, bootstrap = ''] = /gcloud services enable (.*)/.exec(page) ?? [];
  assert.deepEqual(
    [...bootstrap.matchAll(/(\w+)\.googleapis/g)].map(([, name]) => name).sort(),
    [...BOOTSTRAP_APIS].sort(),
  );
});

void test('the account that deploys from a pipeline has the roles of who deploys, and no other', () => {
  const [, deploy = ''] = /deploy = \{[^]*?roles = \[([^\]]*)\]/.exec(readFileSync('infra/ci/main.tf', 'utf8')) ?? [];
  const given = [...deploy.matchAll(/"(roles\/[\w.]+)"/g)].map(([, name]) => name);
  assert.deepEqual(given.sort(), Object.keys(BASE_ROLES).sort());
});

void test('each resource of the modules and examples has a role', () => {
  const files = readdirSync('infra', { recursive: true, encoding: 'utf8' }).filter(
    (name) => /^(project|connection|examples|ci)\/.*\.tf$/.test(name) && !name.includes('.terraform'),
  );
  const types = files.flatMap((name) =>
    [...readFileSync(`infra/${name}`, 'utf8').matchAll(/^resource "(google_\w+)"/gm)].map(([, type = '']) => type),
  );
  const known = [
    ...Object.values({ ...BASE_ROLES, ...FURTHER_ROLES }).flatMap((use) => use.types),
    ...OUTSIDE_ROLES.map(({ type }) => type),
  ];
  assert.ok(types.length >= 60);
  assert.deepEqual(
    [...new Set(types)].filter((type) => !known.some((begin) => type.startsWith(begin))),
    [],
  );
});
