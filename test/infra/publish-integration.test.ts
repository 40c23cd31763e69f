/**
 * publish.sh of the recipe application-integration, with stand-ins of gcloud and curl.
 * https://docs.cloud.google.com/application-integration/docs/reference/rest/v1/projects.locations.integrations.versions
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';

const SCRIPT = path.resolve('infra/recipes/application-integration/publish.sh');
const VERSION = 'projects/123/locations/europe-west1/integrations/stripe-integration/versions/0a1b-2c3d';
const API = 'https://europe-west1-integrations.googleapis.com/v1';

/** Logs its arguments. The answer of an upload is that of the API; the file `down` makes it fail. */
const STAND_IN = `#!/usr/bin/env bash
printf '%s|' "$(basename "$0")" "$@" >>"$FAKE/calls"
printf '\\n' >>"$FAKE/calls"
if [[ -f "$FAKE/down" && $(basename "$0") == curl ]]; then exit 22; fi
case "$(basename "$0") $*" in
  gcloud*) echo token-1 ;;
  curl*:publish) echo '{}' ;;
  curl*) printf '{\\n  "name": "%s",\\n  "taskConfigs": [{"name": "other"}]\\n}\\n' "${VERSION}" ;;
esac
`;

void describe('publish.sh', () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'publish-integration-'));
    for (const name of ['gcloud', 'curl']) writeFileSync(path.join(folder, name), STAND_IN, { mode: 0o755 });
  });
  after(() => rmSync(folder, { recursive: true }));

  const publish = (): { readonly status: number | null; readonly stdout: string; readonly calls: string[] } => {
    writeFileSync(path.join(folder, 'calls'), '');
    const env = {
      PATH: `${folder}:${process.env['PATH']}`,
      FAKE: folder,
      PROJECT: 'shop-prod',
      REGION: 'europe-west1',
      NAME: 'stripe-integration',
      INTEGRATION: '{"description": "of the test"}',
    };
    const { status, stdout } = spawnSync(SCRIPT, [], { encoding: 'utf8', env });
    return { status, stdout, calls: readFileSync(path.join(folder, 'calls'), 'utf8').trim().split('\n') };
  };

  void test('uploads the version, then publishes it', () => {
    const { status, stdout, calls } = publish();
    assert.equal(status, 0);
    assert.equal(stdout, `published: ${VERSION}\n`);
    const [token, upload, published, ...more] = calls;
    assert.equal(token, 'gcloud|auth|print-access-token|');
    assert.match(upload ?? '', /Authorization: Bearer token-1\|.*\|\{"description": "of the test"\}\|/);
    const versions = 'projects/shop-prod/locations/europe-west1/integrations/stripe-integration/versions';
    assert.ok(upload?.endsWith(`|${API}/${versions}|`), upload);
    assert.ok(published?.endsWith(`|{}|${API}/${VERSION}:publish|`), published);
    assert.deepEqual(more, []);
  });

  void test('fails if the upload fails, and publishes nothing', () => {
    writeFileSync(path.join(folder, 'down'), '');
    const { status, calls } = publish();
    assert.notEqual(status, 0);
    assert.equal(calls.length, 2);
  });
});
