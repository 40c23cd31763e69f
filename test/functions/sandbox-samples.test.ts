/** The page's samples against the sandbox, in both API versions: keys and types are compared, values are the sandbox's own. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { outline, SCENARIO } from '../conformance/scenario.ts';
import { freePort } from '../emulator/ports.ts';
import { post, running, type Running } from './framework.ts';

for (const version of ['sdk', '2024-04-10'] as const) {
  let server: Running;
  before(async () => {
    const port = await freePort();
    const settings = {
      min_nodes: 50,
      account_ceiling: 10000,
      endpoint_ceiling: 10000,
      ...(version === 'sdk' ? {} : { api_version: version }),
    };
    const env = {
      PATH: process.env['PATH'],
      PORT: String(port),
      CONNECTION_SETTINGS: JSON.stringify(settings),
    } as NodeJS.ProcessEnv;
    server = await running(spawn(process.execPath, ['build/local/start.cjs'], { env }), port, 'try it:');
  });
  after(() => server.stop());

  for (const step of SCENARIO) {
    test(`${step.sample} (${version})`, async () => {
      const payload = await step.run(async (name, body) => {
        const answer = await post(`${server.url}/${name}`, body);
        assert.equal(answer.status, 200, `${name}: ${answer.text}`);
        return answer.body['connectorOutputPayload'];
      });
      const { connectorOutputPayload: expected } = JSON.parse(
        readFileSync(`test/fixtures/samples/${step.sample}.json`, 'utf8'),
      ) as { connectorOutputPayload?: unknown };
      if (expected === undefined) return assert.equal(typeof payload, 'object');
      const [ours, page] = [payload, expected].map((value) =>
        outline(Array.isArray(value) ? (value[0] as unknown) : value),
      ) as [Record<string, string>, Record<string, string>];
      for (const [key, type] of Object.entries(page)) {
        assert.ok(key in ours, `${key} is missing`);
        // Null has no type: either side may have no value there.
        if (type !== 'null' && ours[key] !== 'null') assert.equal(ours[key], type, key);
      }
    });
  }
}
