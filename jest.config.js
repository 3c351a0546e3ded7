export default {
  testEnvironment: 'node',
  roots: ['<rootDir>/test'],
  extensionsToTreatAsEsm: ['.ts'],
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  transform: { '^.+\\.ts$': ['ts-jest', { useESM: true, tsconfig: 'tsconfig.test.json' }] },
  // Of itself Jest leaves one of two cores idle.
  maxWorkers: 2,
  testTimeout: 20_000,
  reporters: ['default', '<rootDir>/scripts/summary-reporter.js'],
};
