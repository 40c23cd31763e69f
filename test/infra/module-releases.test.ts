/**
 * The modules as others consume them: from a tag of the repository without a build, and from release to release without
 * a resource that is destroyed because it has another name.
 */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { terraform } from '../outside-tools.mjs';
import { workplace, type Workplace } from './terraform.ts';

/** Addresses of the resources of each module, by module. A new resource is added here. */
const RECORDED = JSON.parse(readFileSync('test/fixtures/terraform-addresses.json', 'utf8')) as Readonly<
  Record<string, readonly string[]>
>;

/** The addresses that a module has, and those that a block says where to find, or that they are gone. */
function addressesOf(texts: readonly string[]): { readonly present: string[]; readonly explained: string[] } {
  const text = texts.join('\n');
  return {
    present: [...text.matchAll(/^(?:resource "(\w+)"|module) "(\w+)" \{/gm)]
      .map(([, type, name = '']) => (type === undefined ? `module.${name}` : `${type}.${name}`))
      .sort(),
    // https://developer.hashicorp.com/terraform/language/modules/develop/refactoring
    explained: [...text.matchAll(/^(?:moved|removed) \{\n {2}from += ([\w.]+)/gm)].map(([, from = '']) => from),
  };
}

const textsOf = (module: string): string[] => {
  const folder = path.join('infra', module);
  return readdirSync(folder)
    .filter((name) => name.endsWith('.tf'))
    .map((name) => readFileSync(path.join(folder, name), 'utf8'));
};

/** Recorded addresses that an upgrade would destroy. */
function lost(module: string, texts: readonly string[]): string[] {
  const { present, explained } = addressesOf(texts);
  return (RECORDED[module] ?? []).filter((address) => !present.includes(address) && !explained.includes(address));
}

for (const module of Object.keys(RECORDED)) {
  void test(`${module}: each recorded resource is there, or a moved block says where it is`, () => {
    assert.deepEqual(lost(module, textsOf(module)), []);
    const { present } = addressesOf(textsOf(module));
    const added = present.filter((address) => RECORDED[module]?.includes(address) !== true);
    assert.deepEqual(added, [], 'record new addresses in test/fixtures/terraform-addresses.json');
  });
}

void test('detects a renamed resource, and accepts one with a moved block', () => {
  const renamed = textsOf('connection').map((text) =>
    text.replace('resource "google_storage_bucket" "packages"', 'resource "google_storage_bucket" "zips"'),
  );
  assert.deepEqual(lost('connection', renamed), ['google_storage_bucket.packages']);
  const moved = 'moved {\n  from = google_storage_bucket.packages\n  to   = google_storage_bucket.zips\n}';
  assert.deepEqual(lost('connection', [...renamed, moved]), []);
});

void test('each module has the files that a reader looks for', () => {
  for (const module of ['project', 'connection', 'blueprint', 'ci', ...Object.keys(RECORDED)]) {
    const files = readdirSync(path.join('infra', module));
    for (const file of ['main.tf', 'variables.tf', 'outputs.tf', 'versions.tf', 'README.md', 'tests'])
      assert.ok(files.includes(file), `${module}: ${file}`);
  }
});

/** A configuration of somebody who has only the address of the repository and of a release. */
const consumer = (repository: string): string => `
terraform {
  required_providers {
    google = {
      source = "hashicorp/google"
    }
  }
}

provider "google" {
  project = "shop-prod"
}

module "project" {
  source  = "git::file://${repository}//infra/project?ref=v0.1.0"
  project = "shop-prod"
  regions = ["europe-west1"]
}

module "connection" {
  source            = "git::file://${repository}//infra/connection?ref=v0.1.0"
  project           = module.project.project
  region            = "europe-west1"
  database          = module.project.database
  docker_repository = module.project.docker_repositories["europe-west1"]
  name              = "stripe"
  api_key           = "projects/shop-prod/secrets/key/versions/1"
  packages          = "gs://releases/stripe-connector/0.1.0"
  enable_events     = true
}

module "paid" {
  source  = "git::file://${repository}//infra/recipes/cloud-run?ref=v0.1.0"
  project = module.project.project
  region  = "europe-west1"
  topic   = module.connection.topics["events_topic"]
  type    = "invoice.paid"
  image   = "europe-west1-docker.pkg.dev/shop-prod/stripe-connector/handler"
}
`;

/** The same release deploys what the manifest of its tag lists. */
const CHECK = `
mock_provider "google" {
  mock_data "google_project" {
    defaults = { number = "123456789" }
  }
}

run "from_a_tag" {
  command = plan
  assert {
    condition     = module.connection.warm_usd_a_month == 0 && length(module.connection.services) == 17
    error_message = "the functions of the release"
  }
}
`;

if (terraform() !== undefined) {
  void describe('a consumer', () => {
    let place: Workplace;
    before(async () => {
      place = await workplace();
    });
    after(() => place.remove());

    void test('uses the modules from a tag of the repository, without a build', () => {
      const repository = path.join(place.folder, 'repository');
      for (const name of ['infra', 'functions'])
        cpSync(path.join(place.folder, name), path.join(repository, name), { recursive: true });
      const git = (...args: string[]): unknown =>
        execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@example.com', '-C', repository, ...args]);
      git('init', '--quiet');
      git('add', '--all');
      git('commit', '--quiet', '--message=release');
      git('tag', 'v0.1.0');
      mkdirSync(path.join(place.folder, 'infra/consumer/tests'), { recursive: true });
      writeFileSync(path.join(place.folder, 'infra/consumer/main.tf'), consumer(repository));
      writeFileSync(path.join(place.folder, 'infra/consumer/tests/consumer.tftest.hcl'), CHECK);
      for (const args of [
        ['init', '-no-color', '-backend=false'],
        ['test', '-no-color'],
      ]) {
        const { status, text } = place.run('consumer', ...args);
        assert.equal(status, 0, text);
      }
    });
  });
}
