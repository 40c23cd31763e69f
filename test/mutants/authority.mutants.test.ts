/** Who may do what, with a bug in it. */
import { seesEach, type Mutant } from './planted.ts';

const PATHS = 'test/property/authority/paths.property.test.ts';
const ARGUMENTS = 'test/regression/tool-arguments.test.ts';
const OPENNESS = 'test/regression/openness.test.ts';

const MUTANTS: Readonly<Record<string, Mutant>> = {
  'a restricted function serves every entity': {
    file: 'shared/http/operation-handlers.ts',
    right: 'if (entity !== undefined && names.includes(entity)) return entity;',
    wrong: 'if (entity !== undefined) return entity;',
    test: PATHS,
    named: 'restricted functions',
  },
  'a fixed word of a path is accepted as an id': {
    file: 'shared/operations/request/path-id.ts',
    right: 'if (isPathWord(template, placeholder, checked))',
    wrong: 'if (isPathWord(template, placeholder, ""))',
    test: PATHS,
    named: 'expose all',
  },
  'arguments are not held to the schema': {
    file: 'shared/mcp/call-tool.ts',
    right: 'validateArguments(inputSchema, plainNumbers(input) as ToolInput, validator);',
    wrong: 'void validateArguments;',
    test: ARGUMENTS,
    named: 'the name of a body field',
  },
  'a write is prepared without an operation id': {
    file: 'shared/http/operation-handler.ts',
    right: 'if (writes && options.operationId === undefined)',
    wrong: 'if (options.operationId === "")',
    test: ARGUMENTS,
    named: 'needs an operation id',
  },
  'a project does not close the local server': {
    file: 'shared/config/exposure.ts',
    right: 'project !== undefined && (',
    wrong: "project === '' && (",
    test: OPENNESS,
    named: 'a project',
  },
  '--open opens for any key': {
    file: 'shared/config/exposure.ts',
    right: 'if (finalSigns.length > 0) throw',
    wrong: 'if (finalSigns.length > 9) throw',
    test: OPENNESS,
    named: 'a live key',
  },
};

seesEach(MUTANTS);
