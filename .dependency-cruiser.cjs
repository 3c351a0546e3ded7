// Who may import whom. The reasons are told in docs/architecture.md; each rule says what to do instead.
const BACKENDS = ['mind', 'omnivibe', 'v2'];

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    {
      name: 'no-circular',
      comment: 'Two files that need each other are one subject, or a third file is missing between them.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'domain-is-pure',
      comment:
        'The domain declares what it needs in domain/ports.ts; an adapter satisfies it, the server passes it in.',
      severity: 'error',
      from: { path: '^src/domain/' },
      to: { path: '^src/', pathNot: '^src/(domain/|errors\\.ts$)' },
    },
    {
      name: 'transport-knows-no-backend',
      comment:
        'Give the upstream client what it needs as an option; what is special to a backend belongs to its adapter.',
      severity: 'error',
      from: { path: '^src/transport/' },
      to: { path: '^src/', pathNot: '^src/(transport/|errors\\.ts$)' },
    },
    {
      name: 'adapters-face-the-domain',
      comment:
        'An adapter implements ports of the domain over the transport; it knows neither GraphQL nor the server.',
      severity: 'error',
      from: { path: '^src/adapters/' },
      to: { path: '^src/', pathNot: '^src/(adapters/|transport/|errors\\.ts$|domain/(profile|ports)\\.ts$)' },
    },
    ...BACKENDS.map((backend) => ({
      name: `${backend}-knows-no-other-backend`,
      comment: 'What two adapters share goes into a file of src/adapters named after its subject.',
      severity: 'error',
      from: { path: `^src/adapters/${backend}/` },
      to: { path: `^src/adapters/(${BACKENDS.filter((other) => other !== backend).join('|')})/` },
    })),
    {
      name: 'adapters-have-one-door',
      comment: 'Import the adapter’s index.ts; its other files are its own.',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/(adapters|sandbox)/' },
      to: { path: '^src/adapters/[^/]+/(?!index\\.ts$)' },
    },
    {
      name: 'graphql-asks-the-domain',
      comment: 'A resolver validates, calls one use case of the domain, and returns.',
      severity: 'error',
      from: { path: '^src/graphql/' },
      to: { path: '^src/', pathNot: '^src/(graphql/|domain/|errors\\.ts$)' },
    },
    {
      name: 'sandbox-speaks-the-wire-only',
      comment:
        'A stand-in that shared code with the adapter would share its mistakes; only the wire types are common.',
      severity: 'error',
      from: { path: '^src/sandbox/' },
      to: { path: '^src/', pathNot: '^src/(sandbox/|adapters/[^/]+/wire\\.generated\\.ts$)' },
    },
    {
      name: 'config-is-passed-in',
      comment: 'Only main.ts and the server read Config; below them, pass the one value that is needed.',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/(main\\.ts$|server/|config\\.ts$|config/)' },
      to: { path: '^src/config(\\.ts$|/)' },
    },
    {
      name: 'config-stands-alone',
      comment:
        'Configuration knows the backends’ names and the form of links, and nothing else of the program.',
      severity: 'error',
      from: { path: '^src/config(\\.ts$|/)' },
      to: { path: '^src/', pathNot: '^src/(config\\.ts$|config/|domain/(profile|ports|identity)\\.ts$)' },
    },
    {
      name: 'no-unlisted-packages',
      comment: 'What the product imports stands in "dependencies" of package.json.',
      severity: 'error',
      from: { path: '^src/' },
      to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'] },
    },
  ],
  options: {
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
  },
};
