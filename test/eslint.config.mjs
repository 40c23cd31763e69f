import path from 'node:path';
import tseslint from 'typescript-eslint';

const root = path.resolve(import.meta.dirname, '..');

function typed(files, ignores, project) {
  return {
    files,
    ignores,
    extends: [...tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { project, tsconfigRootDir: root } },
  };
}

/** Typed lint over all of our own code. Style is prettier's. */
export default tseslint.config(
  { ignores: ['**/node_modules/', 'build/', 'test/.build/'] },
  typed(['**/*.ts'], ['shared/console/**', 'shared/docs/site/browser/**'], './tsconfig.json'),
  // A page of a browser has other globals.
  typed(['shared/docs/site/browser/**/*.ts'], [], './shared/docs/site/browser/tsconfig.json'),
  typed(['shared/console/**/*.ts', 'shared/console/**/*.tsx'], [], './shared/console/tsconfig.json'),
  {
    files: ['**/*.ts', '**/*.tsx'],
    rules: {
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      // Our private contract with ourselves: an unused name begins with an underscore.
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', varsIgnorePattern: '^_', destructuredArrayIgnorePattern: '^_' },
      ],
      '@typescript-eslint/no-confusing-void-expression': 'off',
      '@typescript-eslint/only-throw-error': 'off',
      '@typescript-eslint/no-meaningless-void-operator': 'off',
      '@typescript-eslint/no-unnecessary-condition': ['error', { allowConstantLoopConditions: true }],
      // Values of unknown type become text where JSON goes to a form: that is meant.
      '@typescript-eslint/no-base-to-string': 'off',
      '@typescript-eslint/no-unnecessary-type-conversion': 'off',
      'no-console': 'off',
      eqeqeq: 'error',
      'max-lines': ['error', { max: 300, skipComments: true, skipBlankLines: true }],
    },
  },
  {
    files: ['test/**/*.test.ts', 'test/contract/*.ts', 'test/simulation/*.ts'],
    rules: {
      '@typescript-eslint/no-floating-promises': 'off',
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/no-non-null-assertion': 'off',
      'max-lines': 'off',
    },
  },
);
