import { capitalized } from '../../../console/format/words.ts';
import type { CommandGroup, CommandDefinition } from '../../../cli/commands/definition.ts';
import type { DocsPage } from '../page.ts';
import { escapedText, referenceTable } from './markdown-table.ts';

/** The definition of the command line. The program parses its arguments with the same definition. */
export interface CommandLineDefinition {
  readonly program: string;
  readonly commands: readonly CommandDefinition[];
  readonly groups: readonly CommandGroup[];
  readonly globalOptions: readonly (readonly [flags: string, description: string])[];
}

/** Returns the page of all commands with their arguments, options and examples. */
export function commandLinePage({ program, commands, groups, globalOptions }: CommandLineDefinition): DocsPage {
  const parts = [
    '# Command line',
    `What \`${program} COMMAND --help\` prints, for every command. The [command's page](/docs/reference/command) explains where it reads its settings.`,
    '## Options of every command',
    optionTable('option', globalOptions),
    'Exit status: 0 success, 1 failure, 2 wrong usage, 3 not found.',
    ...commands.flatMap((command, index) => {
      const group = groups.find(({ name }) => command.name.startsWith(`${name} `));
      const isFirst = group !== undefined && commands[index - 1]?.name.startsWith(`${group.name} `) !== true;
      return [
        ...(isFirst ? [`## ${group.name}`, `${capitalized(group.summary)}.`] : []),
        ...commandPart(program, command, group),
      ];
    }),
  ];
  return {
    path: 'reference/command-line',
    section: 'reference',
    title: 'Command line',
    label: 'Command line',
    description: `Arguments, options and examples of the ${commands.length} commands of ${program}.`,
    markdown: `${parts.join('\n\n')}\n`,
    isListed: true,
  };
}

function commandPart(program: string, command: CommandDefinition, group: CommandGroup | undefined): string[] {
  const { name, summary, details, args = [], options = [], examples } = command;
  const usage = [program, name, ...args.map(([syntax]) => syntax), ...(options.length === 0 ? [] : ['[options]'])].join(
    ' ',
  );
  return [
    `${group === undefined ? '##' : '###'} ${name}`,
    `${escapedText(capitalized(summary))}.${details === undefined ? '' : ` ${escapedText(details)}`}`,
    `\`${usage}\``,
    ...(args.length === 0 ? [] : [optionTable('argument', args)]),
    ...(options.length === 0 ? [] : [optionTable('option', options)]),
    `\`\`\`console\n${examples.map((line) => `${program} ${line}`).join('\n')}\n\`\`\``,
  ];
}

function optionTable(head: string, rows: readonly (readonly [syntax: string, description: string])[]): string {
  return referenceTable(
    [head, 'description'],
    rows.map(([syntax, description]) => [`\`${syntax}\``, escapedText(description)]),
  );
}
