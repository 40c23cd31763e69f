import type { CommandGroup, CommandDefinition } from './definition.ts';

export const OPERATOR_GROUPS: readonly CommandGroup[] = [
  { name: 'operations', summary: 'outcomes of writes by operation id: list, show, retry, resolve' },
  { name: 'events', summary: "Stripe's events that arrived: list, show, replay, pause, resume" },
  { name: 'dead-letters', summary: 'messages that failed permanently: list, show, replay' },
  { name: 'webhooks', summary: "the connection's webhook endpoints at Stripe: sync" },
];

const EVENT_FILTERS = [
  ['--type <type>', 'type of the event: invoice.paid'],
  ['--object <id>', 'id of the object: in_123'],
  ['--account <id>', 'Connect account'],
  ['--outcome <outcome>', 'published, failed, held, ignored_type or ignored_account'],
  [
    '--since <time>',
    'received at or after: yesterday, today, 1h or 2d (before now), 2026-11-25T06:00:00Z, or Unix seconds',
  ],
  ['--until <time>', 'received before'],
] as const;

/** Commands that read and change the state of a connection. */
export const OPERATOR_COMMANDS: readonly CommandDefinition[] = [
  {
    name: 'status',
    summary: 'show the state of the connection, its nodes and its rate limit',
    examples: ['status', 'status --project my-project --settings settings.json'],
    run: async () => (await import('../run/connection.ts')).showStatus,
  },
  {
    name: 'suspend',
    summary: 'make every instance reject calls; an instance with traffic does so within 2 seconds',
    examples: ['suspend', 'suspend --project my-project --settings settings.json'],
    run: async () => (await import('../run/connection.ts')).suspend,
  },
  {
    name: 'resume',
    summary: 'make every instance accept calls again; an instance with traffic does so within 2 seconds',
    examples: ['resume'],
    run: async () => (await import('../run/connection.ts')).resume,
  },
  {
    name: 'operations list',
    summary: 'list the stored operations, in the order of the store',
    options: [
      ['--effect <effect>', 'none, done or unknown'],
      ['--limit <n>', 'operations to show (default 100)'],
      ['--scan <n>', 'records to read at most (default 10000)'],
    ],
    examples: ['operations list', 'operations list --effect unknown'],
    run: async () => (await import('../run/operations.ts')).listOperations,
  },
  {
    name: 'operations show',
    summary: 'show state, effect, attempts, and what to do',
    args: [['<id>', 'operation id']],
    examples: ['operations show order-1001'],
    run: async () => (await import('../run/operations.ts')).showOperation,
  },
  {
    name: 'operations retry',
    summary: 'repeat a call under its operation id until its effect is known',
    details:
      'Repeat the operation and the inputs of the first call, because the connector does not store inputs. Other inputs are rejected.',
    args: [
      ['<id>', 'operation id'],
      ['<operation>', 'Customer.Create, or ConfirmPaymentIntent'],
      ['[inputs...]', 'the inputs of the call'],
    ],
    options: [['--input <json>', 'inputs as a JSON object: text, @file, or - for standard input']],
    examples: ['operations retry order-1001 PaymentIntent.Create Amount=1500 Currency=usd'],
    run: async () => (await import('../run/operations.ts')).retryOperation,
  },
  {
    name: 'operations resolve',
    summary: 'record the outcome that you found at Stripe, if the effect is unknown',
    args: [
      ['<id>', 'operation id'],
      ['<effect>', 'done: it took effect; none: it did not'],
    ],
    options: [
      ['--reason <text>', 'how you know the outcome (required)'],
      ['--object <id>', 'the object that it created or changed'],
      ['--by <name>', 'who decided; default your user name'],
    ],
    examples: ['operations resolve order-1001 done --reason "pi_123 is paid in the Dashboard" --object pi_123'],
    run: async () => (await import('../run/operations.ts')).resolveCommand,
  },
  {
    name: 'events list',
    summary: 'list the events that arrived, the last received first',
    options: [...EVENT_FILTERS, ['--limit <n>', 'events to show (default 100)']],
    examples: ['events list --type invoice.paid --outcome failed', 'events list --object cus_123 --json'],
    run: async () => (await import('../run/events.ts')).listEvents,
  },
  {
    name: 'events show',
    summary: 'show one event',
    args: [['<id>', 'evt_...']],
    examples: ['events show evt_123'],
    run: async () => (await import('../run/events.ts')).showEvent,
  },
  {
    name: 'events replay',
    summary: 'publish events again under their ids',
    details: 'Needs an id, --type, --object, --since or --outcome: without one of these it would replay every event.',
    args: [['[id]', 'evt_...']],
    options: [...EVENT_FILTERS, ['--to <url>', 'send them to a URL on this machine in place of the topic']],
    examples: [
      'events replay evt_123',
      'events replay --type invoice.paid --since 2026-11-25T06:00:00Z',
      'events replay --since 1h',
      'events replay --outcome failed --to http://localhost:9000/',
    ],
    run: async () => (await import('../run/events.ts')).replayEvents,
  },
  {
    name: 'events pause',
    summary: 'acknowledge events and hold them; Stripe keeps them for 30 days',
    options: [['--reason <text>', 'shown to other operators']],
    examples: ['events pause --reason "subscriber is broken"'],
    run: async () => (await import('../run/events.ts')).pauseEvents,
  },
  {
    name: 'events resume',
    summary: 'publish events again; reconcile-events publishes those that were held',
    examples: ['events resume'],
    run: async () => (await import('../run/events.ts')).resumeEvents,
  },
  {
    name: 'dead-letters list',
    summary: 'list dead letters, the newest first',
    examples: ['dead-letters list', 'dead-letters list --json'],
    run: async () => (await import('../run/dead-letters.ts')).listDeadLetters,
  },
  {
    name: 'dead-letters show',
    summary: 'show a dead letter with its message, redacted',
    args: [['<id>', '32 hexadecimal digits']],
    examples: ['dead-letters show 0123456789abcdef0123456789abcdef'],
    run: async () => (await import('../run/dead-letters.ts')).showDeadLetter,
  },
  {
    name: 'dead-letters replay',
    summary: 'publish a message again under its operation id; without an id all that were never replayed',
    args: [['[id]', '32 hexadecimal digits']],
    examples: ['dead-letters replay', 'dead-letters replay 0123456789abcdef0123456789abcdef'],
    run: async () => (await import('../run/dead-letters.ts')).replayDeadLetters,
  },
  {
    name: 'webhooks sync',
    summary: 'make the endpoints at Stripe match the settings',
    details: 'Stripe shows the signing secret of a new endpoint once. It is written to the file only.',
    options: [
      ['--dry-run', 'shows what would change'],
      ['--secret-file <file>', 'new file for the signing secret; that of thin events goes to FILE.thin'],
      ['--roll-secrets', 'make new endpoints with new secrets next to the old ones'],
      ['--adopt', 'takes over endpoints at webhook_url that carry no mark of a connection'],
    ],
    examples: [
      'webhooks sync --dry-run',
      'webhooks sync --secret-file hook --project my-project --settings settings.json',
    ],
    run: async () => (await import('../run/webhooks.ts')).syncCommand,
  },
];
