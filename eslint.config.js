import graphqlPlugin from '@graphql-eslint/eslint-plugin';
import js from '@eslint/js';
import { defineConfig } from 'eslint/config';
import tseslint from 'typescript-eslint';

// Given the @link of schema/federation.graphql, the plugin calls @apollo/subgraph in a way that 2.15 no longer takes.
const FEDERATION_DIRECTIVES = `
  directive @key(fields: String!) repeatable on OBJECT
  directive @shareable on OBJECT
`;

export default defineConfig(
  {
    ignores: [
      'dist',
      'coverage',
      'src/graphql/generated',
      '**/*.generated.ts',
      '**/*.js',
      '**/*.mjs',
      '**/*.cjs',
    ],
  },
  {
    files: ['**/*.ts'],
    extends: [
      js.configs.recommended,
      ...tseslint.configs.strictTypeChecked,
      ...tseslint.configs.stylisticTypeChecked,
    ],
    languageOptions: {
      parserOptions: { project: './tsconfig.test.json', tsconfigRootDir: import.meta.dirname },
    },
    rules: {
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/dot-notation': 'off', // fights noPropertyAccessFromIndexSignature
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      'no-console': 'error',
    },
  },
  { files: ['src/main.ts', 'src/sandbox/cli.ts'], rules: { 'no-console': 'off' } },
  {
    files: ['schema/!(federation).graphql'],
    plugins: { '@graphql-eslint': graphqlPlugin },
    languageOptions: {
      parser: graphqlPlugin.parser,
      parserOptions: { graphQLConfig: { schema: ['schema/!(federation).graphql', FEDERATION_DIRECTIVES] } },
    },
    rules: {
      ...graphqlPlugin.configs['flat/schema-recommended'].rules,
      '@graphql-eslint/strict-id-in-types': 'off', // value types have no identity
      '@graphql-eslint/require-description': [
        'error',
        {
          types: true,
          FieldDefinition: true,
          InputValueDefinition: true,
          EnumValueDefinition: true,
          rootField: true,
        },
      ],
    },
  },
);
