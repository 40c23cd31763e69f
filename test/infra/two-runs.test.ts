/** The database of the records through several runs of Terraform: changes, destroy and apply again, import. */
import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import { terraform } from '../outside-tools.mjs';
import { FULL_SIZES, sized } from '../support/sizes.ts';
import { workplace, type Ran, type Workplace } from './terraform.ts';
import { changesNothing, runsIn, type Inputs, type Runs } from './two-runs.ts';

const DATABASE = 'stripe-connector';
const KEY = 'projects/shop-prod/locations/europe-west1/keyRings/r/cryptoKeys/k';

/**
 * Every input that leads to another database, or to none, by the inputs of the apply before it.
 * https://registry.terraform.io/providers/hashicorp/google/latest/docs/resources/firestore_database has what it replaces.
 */
const OTHER_DATABASES: Readonly<
  Record<string, { readonly earlier: Inputs; readonly changes: Record<string, Inputs> }>
> = {
  'of the defaults': {
    earlier: {},
    changes: {
      location: { database_of: { location: 'eur3' } },
      'the first of regions': { database_of: { regions: ['europe-west4', 'europe-west1'] } },
      'a key where there was none': { database_of: { kms_key: KEY } },
      'the name of the database': { database_of: { database: 'other' } },
      'the project': { project: 'other-prod' },
      "the connection's database": { connection_of: { database: '(default)' } },
      "the connection's name": { connection_of: { name: 'shop' } },
    },
  },
  'with a key': {
    earlier: { database_of: { kms_key: KEY } },
    changes: { 'no key': {}, 'another key': { database_of: { kms_key: `${KEY}2` } } },
  },
  'without delete protection': {
    earlier: { database_of: { delete_protection: false } },
    changes: {
      'create_database, which would delete it': { database_of: { create_database: false, delete_protection: false } },
      location: { database_of: { location: 'eur3', delete_protection: false } },
    },
  },
};

/** Changes that leave the database where it is. */
const SAME_DATABASE: Readonly<Record<string, Inputs>> = {
  'another region after the first': { database_of: { regions: ['europe-west1', 'europe-west4'] } },
  'the location by its name': { database_of: { location: 'europe-west1' } },
  'backups and delete protection': {
    database_of: { backup_days: 7, point_in_time_recovery: true, delete_protection: false },
  },
  'functions in another region': {
    connection_of: { region: 'europe-west4' },
    database_of: { regions: ['europe-west1', 'europe-west4'] },
  },
  'another API': { database_of: { enable_vpc_connectors: true } },
  'the other layout': { connection_of: { layout: 'single' } },
};

/** A part in `npm test`, and all of them in `npm run test:full`. */
const sample = <T>(cases: Readonly<Record<string, T>>, few: number): [string, T][] =>
  Object.entries(cases).slice(0, sized(few, Infinity));

/** A test of `npm run test:full`. */
function whole(name: string, run: () => void): void {
  if (FULL_SIZES) void test(name, run);
}

/** What a rejected plan says to set. Terraform wraps its messages at spaces. */
const ACCEPTANCE = /accept_state_loss =\s+"([^"]+)"/g;

function acceptances(text: string): string[] {
  return [...new Set([...text.matchAll(ACCEPTANCE)].map(([, place = '']) => place.replaceAll(/\s+/g, ' ')))];
}

function ok(ran: Ran): Ran {
  assert.equal(ran.status, 0, ran.text);
  return ran;
}

if (terraform() !== undefined) {
  void describe('the database of the records', () => {
    let place: Workplace;
    let runs: Runs;
    before(async () => {
      place = await workplace();
      runs = runsIn(place);
    });
    after(() => place.remove());
    beforeEach(() => runs.clear());

    /** Applies, and lets the connection store the outcome of an operation. */
    const withRecord = (inputs: Inputs = {}): void => {
      ok(runs.apply(inputs));
      runs.addRecord(DATABASE, 'order-1');
    };

    whole('without its API nothing is made, and the first apply enables each before it is needed', () => {
      const mend = place.edit('project/main.tf', '"artifactregistry", "cloudbuild",', '"cloudbuild",');
      const { status, text } = runs.apply({});
      mend();
      assert.equal(status, 1);
      assert.match(text, /artifactregistry\.googleapis\.com has not been used[^]*SERVICE_DISABLED/);
      ok(runs.apply({}));
      assert.ok(changesNothing(ok(runs.apply({}))));
    });

    for (const [what, { earlier, changes }] of sample(OTHER_DATABASES, 1))
      void test(`an apply that changes the database ${what} fails without accept_state_loss`, () => {
        withRecord(earlier);
        const existing = runs.cloud();
        for (const [input, change] of sample(changes, 2)) {
          const { status, text } = runs.apply(change);
          assert.equal(status, 1, `${input}: ${text}`);
          assert.equal(acceptances(text).length, 1, `${input}: ${text}`);
          assert.deepEqual(runs.cloud(), existing, `${input}: nothing was changed before it failed`);
        }
        assert.deepEqual(runs.records(DATABASE), ['order-1']);
      });

    for (const [what, change] of sample(SAME_DATABASE, 0))
      void test(`${what} leaves the records where they are`, () => {
        withRecord();
        const { text } = ok(runs.apply(change));
        if (what === 'another API')
          assert.match(text, /Resources: 2 added, 0 changed, 0 destroyed/, 'no grant is replaced');
        assert.deepEqual(runs.records(DATABASE), ['order-1']);
        assert.ok(changesNothing(ok(runs.plan(change))));
      });

    whole('a change is accepted by the names that the plan printed, and nothing else is later', () => {
      withRecord();
      const there = { database: 'second', location: 'eur3' };
      const named = acceptances(runs.plan({ database_of: there }).text);
      assert.deepEqual(named, ['projects/shop-prod/databases/second in eur3']);
      const database = { ...there, accept_state_loss: named[0] };
      const [records] = acceptances(runs.plan({ database_of: database }).text);
      assert.equal(records, 'projects/shop-prod/databases/second/documents/connections/stripe');
      const accepted = { database_of: database, connection_of: { accept_state_loss: records } };
      ok(runs.apply(accepted));
      assert.deepEqual(runs.records(DATABASE), ['order-1'], 'the old database stays with its records');
      assert.ok(changesNothing(ok(runs.plan(accepted))), 'the names stay in the modules');
      for (const [what, change] of Object.entries<Inputs>({
        'a third database': { database_of: { ...database, database: 'third' } },
        'another location': { database_of: { ...database, location: 'nam5' } },
        'another connection': { ...accepted, connection_of: { ...accepted.connection_of, name: 'shop' } },
        'no names': { database_of: there },
      }))
        assert.equal(acceptances(runs.plan(change).text).length, 1, what);
    });

    whole('a destroy leaves the database; an apply takes it again by create_database = false', () => {
      withRecord();
      ok(runs.destroy({}));
      assert.deepEqual(runs.records(DATABASE), ['order-1']);
      const { status, text } = runs.apply({});
      assert.equal(status, 1, 'it exists already');
      assert.match(text, /409: projects\/shop-prod\/databases\/stripe-connector already exists/);
      const existing = { database_of: { create_database: false } };
      ok(runs.destroy({}));
      ok(runs.apply(existing));
      assert.ok(changesNothing(ok(runs.plan(existing))));
      assert.deepEqual(runs.records(DATABASE), ['order-1']);
    });

    whole('a destroy leaves the database; an import takes it back into the state', () => {
      withRecord();
      ok(runs.destroy({}));
      ok(
        runs.import(
          {},
          'module.project.google_firestore_database.state[0]',
          `projects/shop-prod/databases/${DATABASE}`,
        ),
      );
      ok(runs.apply({}));
      assert.ok(changesNothing(ok(runs.plan({}))));
      assert.deepEqual(runs.records(DATABASE), ['order-1']);
      ok(runs.destroy({}));
      assert.deepEqual(runs.records(DATABASE), ['order-1'], 'the policy of a destroy is back as well');
    });

    whole('delete_protection = false lets a destroy delete the database with its records', () => {
      withRecord();
      const trial = { database_of: { delete_protection: false } };
      ok(runs.apply(trial));
      assert.deepEqual(runs.records(DATABASE), ['order-1']);
      ok(runs.destroy(trial));
      assert.equal(runs.records(DATABASE), undefined);
      assert.deepEqual(
        Object.keys(runs.cloud()).filter((key) => !key.startsWith('google_project_service ')),
        [],
      );
      ok(runs.apply(trial));
    });

    whole('delete protection holds even if a destroy were to delete the database', () => {
      const mend = place.edit('project/firestore.tf', 'var.delete_protection ? "ABANDON" : "DELETE"', '"DELETE"');
      withRecord();
      const { status, text } = runs.destroy({});
      mend();
      assert.equal(status, 1);
      assert.match(text, /has delete protection, FAILED_PRECONDITION/);
      assert.deepEqual(runs.records(DATABASE), ['order-1']);
    });

    whole('what exists already is taken in by import blocks, and then stays as it is', () => {
      withRecord();
      const existing = runs.cloud();
      const imports = runs.importBlocks();
      assert.ok(imports.length > 20, imports.join('\n'));
      runs.forget();
      assert.match(runs.apply({}).text, /409: \S+ already exists/);
      runs.forget();
      const { text } = ok(runs.apply({}, imports));
      assert.match(text, new RegExp(`Resources: ${imports.length} imported, \\d+ added, \\d+ changed, 0 destroyed`));
      assert.ok(changesNothing(ok(runs.plan({}))));
      assert.deepEqual(runs.records(DATABASE), ['order-1']);
      assert.deepEqual(Object.keys(runs.cloud()).sort(), Object.keys(existing).sort());
    });

    whole('the changes of the database are seen: without the comparison an apply would leave the records', () => {
      const mend = place.edit(
        'project/outputs.tf',
        'local.place == local.accepted_place',
        'local.place != "" || terraform_data.database.input == ""',
      );
      withRecord();
      const { text } = runs.apply({ database_of: { location: 'eur3' } });
      mend();
      assert.deepEqual(acceptances(text), []);
      assert.match(text, /google_firestore_database\.state\[0\]: Destruction complete/);
    });
  });
}
