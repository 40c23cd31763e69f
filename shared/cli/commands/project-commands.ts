import type { CommandDefinition } from './definition.ts';

/** Commands that start servers, and commands for the time of the sandbox. */
export const SERVER_COMMANDS: readonly CommandDefinition[] = [
  {
    name: 'dev',
    summary: 'start all functions on one local port, with the Stripe sandbox',
    details:
      'Needs no account. Set STRIPE_API_KEY=sk_test_... to use your own test key in place of the sandbox. State is in memory; --data keeps that of the sandbox.',
    options: [
      ['--port <n>', 'port (default PORT, or 8080)'],
      ['--seed <name>', 'fill an empty sandbox: demo'],
      ['--data <file>', 'keep the data of the sandbox in this file'],
      ['--open', 'allow what the settings leave unset, with a test key'],
    ],
    examples: ['dev', 'dev --port 9000 --seed demo', 'dev --data shop.json', 'dev --settings settings.json'],
    run: async () => (await import('../run/local/servers.ts')).startDev,
  },
  {
    name: 'sandbox',
    summary: 'start the Stripe sandbox alone',
    options: [
      ['--port <n>', 'port (default SANDBOX_PORT, PORT, or 12111)'],
      ['--data <file>', 'keep the state in this file'],
      ['--seed <name>', 'fill an empty sandbox: demo'],
      ['--clock [time]', 'stop the time, now or at Unix seconds'],
    ],
    examples: ['sandbox', 'sandbox --port 12111 --data shop.json --seed demo'],
    run: async () => (await import('../run/local/servers.ts')).startSandboxAlone,
  },
  {
    name: 'sandbox advance',
    summary: 'move the time of the sandbox of a running server, or of one test clock',
    details:
      'Renewals, retries and payouts that are due by then take place. Months are those of the calendar in UTC. --test-clock advances a test clock, of the sandbox or of your own test key. For a sandbox without a connector add --url http://127.0.0.1:12111.',
    options: [
      ['--by <duration>', '"1 month", "36 hours", "2 weeks 3 days", or seconds'],
      ['--to <time>', '2026-12-31, 2026-12-31T06:00:00Z, or Unix seconds; the sandbox stops there'],
      ['--test-clock <id>', 'clock_...: advance this test clock and wait until it is ready'],
    ],
    examples: [
      'sandbox advance --by "1 month"',
      'sandbox advance --to 2027-01-01',
      'sandbox advance --test-clock clock_123 --by "1 month"',
    ],
    run: async () => (await import('../run/local/sandbox-time.ts')).advanceTime,
  },
  {
    name: 'sandbox time',
    summary: 'show the time of the sandbox of a running server',
    options: [['--resume', 'start the time again after --to or --clock stopped it']],
    examples: ['sandbox time', 'sandbox time --resume'],
    run: async () => (await import('../run/local/sandbox-time.ts')).sandboxTime,
  },
];

/** Commands that check a deployment and write files. */
export const PROJECT_COMMANDS: readonly CommandDefinition[] = [
  {
    name: 'check',
    summary: 'check a settings file, and with --live the services that it names',
    args: [['[file]', 'settings file; default --settings']],
    options: [['--live', 'check secret, Firestore, proxy, Stripe, the key and its permissions']],
    examples: ['check settings.json', 'check settings.json --live --project my-project'],
    run: async () => (await import('../run/check.ts')).checkCommand,
  },
  {
    name: 'preflight',
    summary: 'check a Google Cloud project before the first deployment',
    details:
      'Needs --project, and gcloud auth login. Changes nothing. With --plan it checks what Terraform planned: every API, role, location, size, secret and key. Without it, the other options describe the deployment.',
    options: [
      ['--plan <file>', 'output of terraform show -json PLAN'],
      ['--region <region>', 'region of the functions (default europe-west1)'],
      ['--location <location>', 'location of the database (default the region)'],
      ['--database <id>', 'Firestore database (default stripe-connector)'],
      ['--max-nodes <n>', 'maximum number of instances of a function (default 50)'],
      ['--cpu <n>', 'vCPUs of an instance (default 1)'],
      ['--secret <id>', 'Secret Manager secret of the API key (default stripe-api-key)'],
      ['--ingress <networks>', 'ingress of the connection (default ALLOW_ALL)'],
      ['--kms-key', 'the modules project and connection set kms_key'],
      ['--public-webhook', 'Stripe calls stripe-events without a Google identity'],
    ],
    examples: [
      'preflight --project my-project',
      'preflight --project my-project --region us-central1 --max-nodes 10',
      'preflight --project my-project --plan plan.json',
    ],
    run: async () => (await import('../run/check.ts')).preflightCommand,
  },
  {
    name: 'client',
    summary: 'generate a typed TypeScript client',
    options: [
      ['--out <file>', 'file to write (default stripe-connector.ts)'],
      ['--entities <names>', 'entities, separated by commas; without names all'],
      ['--actions <names>', 'actions, separated by commas; without names all'],
    ],
    examples: ['client --out src/stripe-connector.ts --entities Customer,PaymentIntent --actions ConfirmPaymentIntent'],
    run: async () => (await import('../run/client.ts')).writeClient,
  },
  {
    name: 'cost',
    summary: 'print what a month and a million calls cost on Google Cloud',
    options: [['--calls <n>', 'calls of a month, every one a write, spread evenly']],
    examples: ['cost', 'cost --calls 1000000'],
    run: async () => (await import('../run/cost.ts')).showCost,
  },
  {
    name: 'package',
    summary: 'write one zip per function for Terraform',
    options: [['--out <folder>', 'folder to write (default build/packages)']],
    examples: ['package', 'package --out packages'],
    run: async () => (await import('../run/package.ts')).writePackages,
  },
  {
    name: 'completion',
    summary: 'print the script that lets a shell complete commands, options, entities and operations',
    details:
      'Needs the command on the PATH, as npm install --global installs it: a shell completes the words of npx itself.',
    args: [['<shell>', 'bash, zsh or fish']],
    examples: [
      'completion bash > ~/.local/share/bash-completion/completions/stripe-connector',
      'completion zsh > ~/.zfunc/_stripe-connector',
      'completion fish > ~/.config/fish/completions/stripe-connector.fish',
    ],
    run: async () => (await import('../run/describe/completion.ts')).printCompletion,
  },
];
