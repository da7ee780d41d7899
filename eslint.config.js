import prettier from 'eslint-config-prettier';
import regexp from 'eslint-plugin-regexp';
import svelte from 'eslint-plugin-svelte';
import globals from 'globals';
import tseslint from 'typescript-eslint';
import svelteConfig from './svelte.config.js';

/** Libraries that only the compute and storage sides may know. */
const compute = ['@tensorflow/*', '@tensorflow-models/*', 'comlink'];
const database = ['idb'];

/** A folder's import rule: what its files may not reach; of a room in `contracts`, all but its contract.ts. */
function folder(name, { barred = [], contracts = [], libraries = [] }) {
  const rooms = [
    ...barred.map((room) => ({ room, except: '' })),
    ...contracts.map((room) => ({ room, except: '(?!contract\\.ts$)' })),
  ].map(({ room, except }) => ({
    regex: `(^|/)\\.\\./(.*/)?${room}/${except}`,
    message: `src/${name} does not import ${except === '' ? '' : 'more than contract.ts of '}src/${room}: see ARCHITECTURE.md.`,
  }));
  const packages =
    libraries.length === 0 ? [] : [{ group: libraries, message: `Not in src/${name}.` }];
  return {
    files: [`src/${name}/**/*.ts`, `src/${name}/**/*.svelte`],
    ignores: ['**/*.test.ts', '**/testing/**'],
    rules: { 'no-restricted-imports': ['error', { patterns: [...rooms, ...packages] }] },
  };
}

/** Where TF.js may be spoken to; everybody else goes through network/backbone.ts, the head or the device. */
const TFJS = ['src/network/tfjs/', 'src/engine/head/', 'src/engine/device/'];

const noTfjs = {
  files: ['src/**/*.ts', 'src/**/*.svelte'],
  ignores: [...TFJS.map((path) => `${path}**`), '**/*.test.ts', '**/testing/**'],
  rules: {
    '@typescript-eslint/no-restricted-imports': [
      'error',
      {
        patterns: [
          {
            group: ['@tensorflow/*', '@tensorflow-models/*'],
            message: `TF.js only in ${TFJS.join(', ')}: see ARCHITECTURE.md.`,
          },
        ],
      },
    ],
  },
};

const noWorker = {
  files: ['src/**/*.ts', 'src/**/*.svelte'],
  ignores: ['src/engine/client/workers.ts', 'src/engine/exporting/client.ts', '**/*.test.ts'],
  rules: {
    'no-restricted-syntax': [
      'error',
      {
        selector: "NewExpression:matches([callee.name='Worker'], [callee.property.name='Worker'])",
        message: 'Only the clients of the engine start workers.',
      },
      { selector: 'TSEnumDeclaration', message: 'A union of strings instead.' },
    ],
  },
};

export default tseslint.config(
  // AssemblyScript is no TypeScript; its own compiler checks it.
  {
    ignores: [
      '**/assembly/',
      'dist/',
      '.cache/',
      '.gl/',
      '.gpu/',
      'static/',
      'node_modules/',
      'test-results/',
    ],
  },
  ...tseslint.configs.strictTypeChecked,
  ...tseslint.configs.stylisticTypeChecked,
  // Foreign text must not make an expression take more than linear time.
  regexp.configs['flat/recommended'],
  { rules: { 'regexp/no-super-linear-move': 'error' } },
  ...svelte.configs.recommended,
  prettier,
  ...svelte.configs.prettier,
  {
    languageOptions: {
      globals: { ...globals.browser },
      parserOptions: {
        project: [
          './tsconfig.core.json',
          './tsconfig.worker.json',
          './tsconfig.page.json',
          './tsconfig.test.json',
          './tsconfig.node.json',
        ],
        extraFileExtensions: ['.svelte'],
      },
    },
    rules: {
      // Numbers in sentences need no String() around them.
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      // A row of a table of cases reads best on one line.
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
    },
  },
  {
    files: ['**/*.svelte', '**/*.svelte.ts'],
    languageOptions: { parserOptions: { parser: tseslint.parser, svelteConfig } },
  },
  { files: ['**/*.js', '**/*.cjs', '**/*.mjs'], ...tseslint.configs.disableTypeChecked },
  {
    files: ['scripts/**', 'e2e/**', 'bench/**', '*.config.*'],
    languageOptions: { globals: { ...globals.node } },
  },
  folder('core', {
    barred: ['network', 'engine', 'formats', 'storage', 'pipeline', 'state', 'ui', 'player'],
    libraries: [...compute, ...database, 'svelte', 'svelte/*'],
  }),
  folder('network', {
    barred: ['engine', 'formats', 'storage', 'pipeline', 'state', 'ui', 'player'],
    libraries: [...database, 'comlink', 'svelte'],
  }),
  folder('engine', {
    barred: ['storage', 'pipeline', 'state', 'ui', 'player'],
    libraries: [...database, 'svelte'],
  }),
  // It joins the compute side with what keeps its embeddings.
  {
    files: ['src/engine/worker.ts'],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            {
              regex:
                '(^|/)\\.\\./(.*/)?((pipeline|state|ui|player)/|storage/(?!embedding-shelf\\.ts$))',
              message:
                'The engine worker imports of src/storage only the shelf: see ARCHITECTURE.md.',
            },
            { group: [...database, 'svelte'], message: 'Not in src/engine.' },
          ],
        },
      ],
    },
  },
  folder('formats', {
    barred: ['engine', 'storage', 'pipeline', 'state', 'ui', 'player'],
    libraries: [...compute, ...database],
  }),
  folder('storage', {
    barred: ['network', 'engine', 'formats', 'pipeline', 'state', 'ui', 'player'],
    libraries: compute,
  }),
  folder('pipeline', {
    barred: ['network', 'state', 'ui', 'player'],
    contracts: ['engine', 'formats', 'storage'],
    libraries: [...compute, ...database, 'svelte', 'svelte/*'],
  }),
  folder('state', {
    barred: ['network', 'ui', 'player'],
    contracts: ['engine', 'formats', 'storage'],
    libraries: [...compute, ...database],
  }),
  folder('ui', {
    barred: ['network', 'engine', 'formats', 'storage', 'pipeline', 'player'],
    libraries: [...compute, ...database],
  }),
  folder('player', { barred: ['storage', 'pipeline', 'state', 'ui'], libraries: database }),
  folder('offline', {
    barred: [
      'core',
      'network',
      'engine',
      'formats',
      'storage',
      'pipeline',
      'state',
      'ui',
      'player',
    ],
    libraries: [...compute, ...database],
  }),
  noTfjs,
  noWorker,
);
