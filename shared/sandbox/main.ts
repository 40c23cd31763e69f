/** Runs only the Stripe sandbox: `stripe-connector sandbox --port N --data FILE --seed demo --clock [TIME]`. */
import path from 'node:path';
import { commandOptions } from './options.ts';
import { startSandbox } from './server.ts';

async function main(): Promise<void> {
  const now = Math.floor(Date.now() / 1000);
  const { port, data, fill, clock } = commandOptions(process.argv.slice(2), process.env, now);
  const sandbox = await startSandbox({
    port,
    catalogFolder: path.join(__dirname, 'catalog'),
    data,
    fill,
    clock,
  });
  const storage = data === undefined ? 'in memory' : `kept in ${data}`;
  console.log(`Stripe sandbox at ${sandbox.url} (${storage}); key ${sandbox.apiKey}
  curl -s ${sandbox.url}/v1/customers -u ${sandbox.apiKey}: -d email=jane@example.com
  faults: POST ${sandbox.url}/_sandbox/faults {"kind":"rate_limit","times":1}; requests received: GET ${sandbox.url}/_sandbox/requests
  the whole admin API: GET ${sandbox.url}/_sandbox/`);
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => void sandbox.close().then(() => process.exit(0)));
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : String(error));
  process.exit(1);
});
