import graphqlPlugin from '@graphql-eslint/eslint-plugin';
import js from '@eslint/js';
import { defineConfig } from 'eslint/config';
import tseslint from 'typescript-eslint';

// Given the @link of schema/federation.graphql, the plugin calls @apollo/subgraph in a way that 2.15 no longer takes.
const FEDERATION_DIRECTIVES = `
  directive @key(fields: String!) repeatable on OBJECT
  directive @shareable on OBJECT
`;

/** Spellings of REST APIs and of code: `getName`, `isActive`, `userID`. */
const NOT_OURS = [/^(get|fetch|is)[A-Z]/, /[A-Z]{2}/];
const VERB_FIRST = /^(add|bulkUpdate|change|create|refresh|remove|select|set|update|watch)[A-Z]/;

/** Until when clients may count on what is deprecated; scripts/public-schema.ts lets it go after that day. */
const deprecationDate = {
  meta: {
    type: 'problem',
    schema: [],
    messages: { date: 'Say what to use instead and until when: "Use `b`. Removed after 2027-01-31."' },
  },
  create: (context) => ({
    'Directive[name.value=deprecated]'(node) {
      const reason = node.arguments?.find(({ name }) => name.value === 'reason')?.value.value ?? '';
      const [, date] = /\S\. Removed after (\d{4}-\d{2}-\d{2})\.$/.exec(reason) ?? [];
      if (date === undefined || Number.isNaN(Date.parse(date))) context.report({ node, messageId: 'date' });
    },
  }),
};

export default defineConfig(
  {
    ignores: ['dist', 'coverage', '**/generated', '**/*.generated.ts', '**/*.js', '**/*.mjs', '**/*.cjs'],
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
      '@typescript-eslint/no-namespace': ['error', { allowDeclarations: true }], // for what extends a package's types
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      'no-console': 'error',
    },
  },
  { files: ['src/main.ts', 'src/sandbox/cli.ts'], rules: { 'no-console': 'off' } },
  {
    files: ['schema/!(federation).graphql'],
    plugins: {
      '@graphql-eslint': graphqlPlugin,
      schema: { rules: { 'deprecation-date': deprecationDate } },
    },
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
      // A graph of things, not of endpoints; test/schema/descriptions.test.ts keeps out the vendors' own spellings.
      '@graphql-eslint/naming-convention': [
        'error',
        {
          types: 'PascalCase',
          FieldDefinition: { style: 'camelCase', forbiddenPatterns: NOT_OURS },
          InputValueDefinition: { style: 'camelCase', forbiddenPatterns: NOT_OURS },
          EnumValueDefinition: 'UPPER_CASE',
          ObjectTypeDefinition: { style: 'PascalCase', forbiddenPatterns: [/(Type|Dto|Response|Request)$/] },
          InterfaceTypeDefinition: { style: 'PascalCase', forbiddenPatterns: [/^I[A-Z]|Interface$/] },
          EnumTypeDefinition: { style: 'PascalCase', forbiddenPatterns: [/^Enum|Enum$/] },
          InputObjectTypeDefinition: { style: 'PascalCase', requiredPattern: /(Input|Patch|Filter|Update)$/ },
          'FieldDefinition[parent.name.value=Query]': { forbiddenPatterns: [/^(find|list|query|read)[A-Z]/] },
          'FieldDefinition[parent.name.value=Mutation]': { requiredPattern: VERB_FIRST },
          // Relay's own words.
          'FieldDefinition[parent.name.value!=PageInfo]': { forbiddenPatterns: [/^has[A-Z]/] },
        },
      ],
      '@graphql-eslint/input-name': ['error', { checkInputType: true, caseSensitiveInputType: false }],
      '@graphql-eslint/no-scalar-result-type-on-mutation': 'error',
      '@graphql-eslint/relay-arguments': ['error', { includeBoth: false }],
      '@graphql-eslint/relay-connection-types': 'error',
      '@graphql-eslint/relay-edge-types': [
        'error',
        { shouldImplementNode: false, listTypeCanWrapOnlyEdgeType: false },
      ],
      '@graphql-eslint/relay-page-info': 'error',
      'schema/deprecation-date': 'error',
    },
  },
);
