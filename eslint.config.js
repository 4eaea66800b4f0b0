import eslint from '@eslint/js';
import prettier from 'eslint-config-prettier';
import svelte from 'eslint-plugin-svelte';
import globals from 'globals';
import tseslint from 'typescript-eslint';
import svelteConfig from './ui/svelte.config.js';

/** Every top-level room with code; an import may only follow the arrows of docs/architecture.md. */
const ROOMS = [
  'ui',
  'cli',
  'api',
  'workers',
  'workflows',
  'activities',
  'mcp-servers',
  'db',
  'core',
  'tests',
  'bench',
];

const room = (name, open, { types = [], values = [] } = {}) => ({
  files: [`${name}/**/*.ts`],
  ignores: ['**/*.test.ts'],
  rules: {
    '@typescript-eslint/no-restricted-imports': [
      'error',
      {
        patterns: [
          {
            regex: `^(\\.\\./)+(${ROOMS.filter((r) => ![name, ...open, ...types].includes(r)).join('|')})/`,
            message: 'This room may not import that one. See docs/architecture.md.',
          },
          ...(types.length
            ? [
                {
                  regex: `^(\\.\\./)+(${types.join('|')})/(?!${values.join('|') || '$'})`,
                  allowTypeImports: true,
                  message: 'Only types may be imported from that room. See docs/architecture.md.',
                },
              ]
            : []),
          ...(['core', 'workflows'].includes(name)
            ? [{ regex: '^node:', message: 'This room is pure: it does no I/O.' }]
            : []),
          ...(['ui', 'core', 'db', 'activities', 'workflows', 'workers', 'api', 'cli'].includes(
            name,
          )
            ? [
                {
                  regex: '^@modelcontextprotocol/(server|node|express|sdk)',
                  message: 'MCP servers are built in mcp-servers/kit only.',
                },
              ]
            : []),
        ],
      },
    ],
  },
});

const ENTRY_POINTS = ['cli/**', 'workers/*.ts', 'api/*.ts', 'mcp-servers/*/main.ts'];

export default tseslint.config(
  {
    ignores: [
      '**/node_modules',
      'dist',
      'ui/dist',
      '.costguard',
      '.cache',
      '**/*.gen.ts',
      'tests/histories',
    ],
  },
  eslint.configs.recommended,
  ...tseslint.configs.strictTypeChecked,
  ...svelte.configs.recommended,
  {
    languageOptions: {
      globals: globals.node,
      parserOptions: {
        projectService: {
          allowDefaultProject: ['*.js', '*.mjs', 'cli/*.mjs', 'db/payloads/*.cjs', 'ui/*.js'],
        },
        extraFileExtensions: ['.svelte'],
        tsconfigRootDir: import.meta.dirname,
      },
    },
    rules: {
      'max-lines': ['error', { max: 300, skipBlankLines: true, skipComments: true }],
      'max-lines-per-function': ['error', { max: 60, skipBlankLines: true, skipComments: true }],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/no-misused-promises': [
        'error',
        { checksVoidReturn: { arguments: false } },
      ],
      'no-restricted-properties': [
        'error',
        {
          object: 'process',
          property: 'env',
          message: 'Parse the environment with parseEnv at an entry point.',
        },
      ],
      'no-restricted-syntax': [
        'error',
        {
          selector:
            'Property[key.name="validator"] > :matches(ArrowFunctionExpression, FunctionExpression)[async=true]',
          message:
            'An async update validator blocks the workflow task for ever. Make it synchronous.',
        },
      ],
    },
  },
  room('ui', []),
  room('cli', ['db', 'core']),
  room('api', ['db', 'core'], { types: ['workflows'], values: ['messages\\.ts'] }),
  room('workers', ['workflows', 'activities', 'db', 'core']),
  room('workflows', ['core'], { types: ['activities'] }),
  room('activities', ['db', 'core']),
  room('mcp-servers', ['core']),
  room('db', ['core']),
  room('core', []),
  { files: ENTRY_POINTS, rules: { 'no-restricted-properties': 'off' } },
  {
    files: ['workflows/**/*.ts', 'core/**/*.ts'],
    ignores: ['**/*.test.ts'],
    rules: {
      'no-restricted-globals': [
        'error',
        ...['process', 'fetch', 'crypto', 'performance', 'setInterval'].map((name) => ({
          name,
          message: 'This room is pure: pass the value in.',
        })),
      ],
    },
  },
  {
    files: ['**/*.test.ts', 'tests/**/*.ts', 'bench/**/*.ts'],
    rules: {
      'max-lines': 'off',
      'max-lines-per-function': 'off',
      'no-restricted-properties': 'off',
      '@typescript-eslint/no-non-null-assertion': 'off',
    },
  },
  {
    files: ['**/*.svelte', '**/*.svelte.ts'],
    languageOptions: {
      globals: globals.browser,
      parserOptions: { parser: tseslint.parser, svelteConfig },
    },
  },
  { files: ['**/*.js', '**/*.mjs', '**/*.cjs'], ...tseslint.configs.disableTypeChecked },
  {
    files: ['**/*.js', '**/*.mjs', '**/*.cjs'],
    rules: { ...tseslint.configs.disableTypeChecked.rules, 'no-restricted-properties': 'off' },
  },
  { files: ['**/*.cjs'], rules: { '@typescript-eslint/no-require-imports': 'off' } },
  prettier,
);
