/** `npm run sandbox`: the Stripe sandbox alone. `SANDBOX_PORT`, or `PORT`, moves it. */
import { startSandbox } from './server.ts';

const sandbox = await startSandbox({ port: Number(process.env['SANDBOX_PORT'] ?? process.env['PORT'] ?? 12111) });
console.log(`Stripe sandbox at ${sandbox.url} (in memory); key ${sandbox.apiKey}
  curl -s ${sandbox.url}/v1/customers -u ${sandbox.apiKey}: -d email=jane@example.com
  faults: POST ${sandbox.url}/_sandbox/faults {"kind":"rate_limit","times":1}; what arrived: GET ${sandbox.url}/_sandbox/requests`);
