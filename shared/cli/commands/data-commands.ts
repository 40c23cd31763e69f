import { REQUEST_LIMITS } from '../../operations/request/limits.ts';
import type { CommandDefinition } from './definition.ts';

const { pageSize: PAGE_SIZE } = REQUEST_LIMITS;
const WHERE_OPTION = ['--where <clause>', 'filter clause: "Email = \'jane@example.com\'"'] as const;
const PERIOD_OPTIONS = [
  [
    '--since <time>',
    'created at or after: yesterday, today, 2026-11, 2026-11-25, 2026-11-25T06:00:00Z, or Unix seconds (UTC)',
  ],
  ['--until <time>', 'created before'],
] as const;
const LIST_PERIOD_OPTIONS = [
  [
    '--since <time>',
    'created at or after: yesterday, today, 1h or 2d (before now), 2026-11, 2026-11-25, 2026-11-25T06:00:00Z, or Unix seconds (UTC)',
  ],
  PERIOD_OPTIONS[1],
] as const;
const FIELDS_OPTION = ['--fields <names>', 'columns, separated by commas'] as const;
const ACCOUNT_OPTION = ['--account <id>', 'Stripe Connect account of the call'] as const;
const INPUTS = [
  '[inputs...]',
  'an id, and inputs: Name=text, Name:=json, Address.city=Lyon; `fields OPERATION` lists them with their units',
] as const;

const CALL_OPTIONS = [
  ['--input <json>', 'inputs as a JSON object: text, @file, or - for standard input'],
  ['--dry-run', 'shows the requests to Stripe and sends none'],
  WHERE_OPTION,
  ACCOUNT_OPTION,
] as const;

/** Commands that read and write Stripe's objects through a running server. */
export const DATA_COMMANDS: readonly CommandDefinition[] = [
  {
    name: 'call',
    summary: 'run an operation of an entity, or an action',
    details:
      'ENTITY.OPERATION is Customer.Create, Customer.Update ...; an action is ConfirmPaymentIntent. A write has an operation id: repeat the command with the same --operation-id and it has one effect.',
    args: [['<operation>', 'Customer.Create, or ConfirmPaymentIntent'], INPUTS],
    options: [...CALL_OPTIONS, ['--operation-id <id>', 'repeated calls with this id have one effect']],
    examples: [
      'call Customer.Create Email=jane@example.com Name=Jane',
      'call Customer.Update cus_123 Address.city=Lyon',
      'call PaymentIntent.Create Amount=1500 Currency=usd PaymentMethod=pm_card_visa --operation-id order-1001',
      'call ConfirmPaymentIntent pi_123 ReturnUrl=https://example.com/',
      'call Customer.Delete --where "Email = \'jane@example.com\'" --dry-run',
    ],
    run: async () => (await import('../run/call.ts')).callCommand,
  },
  {
    name: 'fields',
    summary: 'list the inputs of an operation or an action, or the columns of an entity',
    args: [
      ['<name>', 'Customer.Create, ConfirmPaymentIntent; Customer for its columns'],
      ['[input]', 'an input with members: Address'],
    ],
    examples: [
      'fields Customer.Create',
      'fields Customer.Create Address',
      'fields ConfirmPaymentIntent',
      'fields Invoice',
    ],
    run: async () => (await import('../run/describe/fields.ts')).showFields,
  },
  {
    name: 'list',
    summary: 'list rows of an entity',
    args: [['<entity>', 'Customer, PaymentIntent ...']],
    options: [
      WHERE_OPTION,
      ...LIST_PERIOD_OPTIONS,
      FIELDS_OPTION,
      ['--sort <column>', 'sort by this column'],
      ['--limit <n>', `rows of a page, ${PAGE_SIZE.min} to ${PAGE_SIZE.max} (default ${PAGE_SIZE.default})`],
      ['--page <token>', 'the next page, as the previous page printed it'],
      ACCOUNT_OPTION,
    ],
    examples: [
      'list Customer --limit 10',
      'list PaymentIntent --where "Status = \'succeeded\' AND Amount > 1000" --fields Id,Amount,Currency',
      'list Charge --since yesterday --until today --where "Status = \'failed\'"',
      'list PaymentIntent --since 1h',
    ],
    run: async () => (await import('../run/list.ts')).listRows,
  },
  {
    name: 'get',
    summary: 'show one object',
    args: [
      ['<entity>', 'Customer, PaymentIntent ...'],
      ['[id]', 'id of the object; an entity with one object per account (Balance) has none'],
    ],
    options: [FIELDS_OPTION, ACCOUNT_OPTION],
    examples: ['get Customer cus_123', 'get Balance', 'get Invoice in_123 --fields Id,Total,Status --json'],
    run: async () => (await import('../run/list.ts')).getRow,
  },
  {
    name: 'export',
    summary: 'write all rows of an entity to a file, resumable',
    details:
      'Reads page by page in the class bulk, so other calls go first. A checkpoint next to the file is written after each page: after a kill the same command continues, and no row is lost or written twice.',
    args: [['<entity>', 'Customer, PaymentIntent ...']],
    options: [
      ['--out <file>', 'file to write (required)'],
      ['--format <format>', 'ndjson or csv; default by the ending of the file, else ndjson'],
      ['--iso-times', 'CSV: times as 2026-11-25T06:00:00Z in place of Unix seconds'],
      ['--raw', 'CSV: texts as they are, also =1+1, which a spreadsheet runs'],
      WHERE_OPTION,
      ...PERIOD_OPTIONS,
      FIELDS_OPTION,
      ['--overwrite', 'start again although the file or its checkpoint exists'],
      ACCOUNT_OPTION,
    ],
    examples: [
      'export Customer --out customers.ndjson',
      'export Invoice --out paid.csv --where "Status = \'paid\'" --fields Id,Total,Currency,Created',
      'export Charge --out charges.csv --since yesterday --until today --iso-times',
      'export Customer --out customers.csv --since 2026-11 --until 2026-12',
    ],
    run: async () => (await import('../run/export/export.ts')).exportRows,
  },
  {
    name: 'openapi',
    summary: 'write the OpenAPI document of the server',
    options: [
      ['--out <file>', 'file to write; default standard output'],
      ['--version-3-0', 'OpenAPI 3.0.3 in place of 3.1'],
      ['--entities <names>', 'entities, separated by commas'],
      ['--actions <names>', 'actions, separated by commas'],
    ],
    examples: ['openapi --entities Customer,Invoice --out openapi.json', 'openapi --version-3-0 --actions PayInvoice'],
    run: async () => (await import('../run/openapi.ts')).writeOpenApi,
  },
];
