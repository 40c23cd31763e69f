import path from 'node:path';
import { catalogFiles } from '../../../adapters/catalog-files.ts';
import type { Catalog } from '../../../ports/catalog.ts';
import type { CommandContext, CommandResult, CommandDefinition } from '../../commands/definition.ts';
import { UsageError } from '../../io/exit.ts';
import { OPERATOR_GROUPS } from '../../commands/operator-commands.ts';
import { COMMANDS, GLOBAL_OPTIONS, PROGRAM } from '../../program.ts';

/** A word that a shell offers, with its description. */
type CompletionWord = readonly [word: string, description: string];

/** Words that a shell offers after a command, by the path of the command: ``, `/events`, `/events/list`. */
type CompletionWords = ReadonlyMap<string, readonly CompletionWord[]>;

const SCRIPTS: Readonly<Record<string, (words: CompletionWords) => string>> = { bash, zsh, fish };

/** `completion SHELL`: prints the script that completes commands, options, entities and operations. */
// oxlint-disable-next-line typescript/require-await -- an error must reject
export async function printCompletion(context: CommandContext): Promise<CommandResult> {
  const [shell = ''] = context.args;
  const script = Object.hasOwn(SCRIPTS, shell) ? SCRIPTS[shell] : undefined;
  if (script === undefined) throw new UsageError(`the shell must be ${Object.keys(SCRIPTS).join(', ')}: ${shell}`);
  const text = script(completionWords(catalogFiles(path.join(context.folder, 'catalog'))));
  return { value: { shell, script: text }, text };
}

function completionWords(catalog: Catalog): CompletionWords {
  const entities = catalog.names();
  const operations = entities.flatMap((name) => catalog.operationsOf(name).map((operation) => `${name}.${operation}`));
  /** Values of an argument, by its name. */
  const named: Readonly<Record<string, readonly string[]>> = {
    '<entity>': entities,
    '<operation>': [...operations, ...catalog.actionNames()],
    '<name>': [...entities, ...operations, ...catalog.actionNames()],
    '<shell>': Object.keys(SCRIPTS),
  };
  const top = [...COMMANDS.filter(({ name }) => !name.includes(' ')), ...OPERATOR_GROUPS];
  const words = new Map<string, CompletionWord[]>([['', top.map(({ name, summary }) => [name, summary])]]);
  for (const { name } of OPERATOR_GROUPS) words.set(`/${name}`, []);
  for (const row of COMMANDS) {
    const [group = '', subcommand] = row.name.split(' ');
    if (subcommand !== undefined) words.get(`/${group}`)?.push([subcommand, row.summary]);
    const values = Object.entries(named).find(([syntax]) => row.args?.some(([word]) => word === syntax))?.[1] ?? [];
    const offered = [...values.map((value): CompletionWord => [value, '']), ...optionsOf(row)];
    words.set(`/${row.name.replace(' ', '/')}`, offered);
  }
  return words;
}

function optionsOf({ options = [] }: CommandDefinition): CompletionWord[] {
  const all = [...options, ...GLOBAL_OPTIONS, ['--help', 'show the help of the command']] as const;
  return all.map(([flags, description]) => [flags.split(' ')[0] ?? flags, description]);
}

const commandPaths = (words: CompletionWords): string[] => [...words.keys()].filter((at) => at !== '');

/** https://www.gnu.org/software/bash/manual/html_node/Programmable-Completion.html */
function bash(words: CompletionWords): string {
  const cases = [...words].map(([at, offered]) => `    '${at}') words='${offered.map(([word]) => word).join(' ')}' ;;`);
  return `_stripe_connector() {
  local at='' words='' word
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case "$at/$word" in ${commandPaths(words).join('|')}) at="$at/$word" ;; esac
  done
  case "$at" in
${cases.join('\n')}
  esac
  COMPREPLY=($(compgen -W "$words" -- "\${COMP_WORDS[COMP_CWORD]}"))
}
complete -o default -F _stripe_connector ${PROGRAM}`;
}

/** https://zsh.sourceforge.io/Doc/Release/Completion-System.html */
function zsh(words: CompletionWords): string {
  const quote = ([word, text]: CompletionWord): string => `'${word}${`:${text}`.replaceAll("'", "'\\''")}'`;
  const cases = [...words].map(([at, offered]) => `    '${at}') offered=(${offered.map(quote).join(' ')}) ;;`);
  return `#compdef ${PROGRAM}
_stripe_connector() {
  local at='' word
  local -a offered
  for word in "\${(@)words[2,CURRENT-1]}"; do
    case "$at/$word" in ${commandPaths(words).join('|')}) at="$at/$word" ;; esac
  done
  case "$at" in
${cases.join('\n')}
  esac
  _describe ${PROGRAM} offered || _files
}
if [ "$funcstack[1]" = "_${PROGRAM}" ]; then _stripe_connector; else compdef _stripe_connector ${PROGRAM}; fi`;
}

/** https://fishshell.com/docs/current/completions.html */
function fish(words: CompletionWords): string {
  const quote = (text: string): string => `'${text.replace(/['\\]/g, '\\$&')}'`;
  const cases = [...words].map(
    ([at, offered]) => `    case '${at}'\n      printf '%s\\t%s\\n' ${offered.flat().map(quote).join(' ')}`,
  );
  return `function __stripe_connector
  set -l at ''
  for word in (commandline -opc)[2..-1]
    switch "$at/$word"
      case ${commandPaths(words).join(' ')}
        set at "$at/$word"
    end
  end
  switch "$at"
${cases.join('\n')}
  end
end
complete -c ${PROGRAM} -a '(__stripe_connector)'`;
}
