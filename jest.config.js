// Lab tests share one lab (ports, processes, memory): one project, which scripts/test.mjs runs serially, after the rest.
const common = {
  testEnvironment: 'node',
  transform: {
    // Parquet's writer is an ES module alone.
    '(^.+\\.ts|/hyparquet(-writer)?/src/.+\\.js)$': [
      '@swc/jest',
      { jsc: { parser: { syntax: 'typescript' }, target: 'es2023' }, module: { type: 'commonjs' } },
    ],
  },
  transformIgnorePatterns: ['/node_modules/(?!hyparquet)'],
  setupFiles: ['<rootDir>/test/helpers/setup.js'],
  modulePathIgnorePatterns: ['<rootDir>/dist/', '<rootDir>/cdk.out/', '<rootDir>/cdktf.out/'],
};
module.exports = {
  // A machine that does much else is slow and not wrong; what hangs still ends.
  testTimeout: 20_000,
  testSequencer: '<rootDir>/test/helpers/by-name.js',
  projects: [
    {
      ...common,
      displayName: 'unit',
      testMatch: ['<rootDir>/test/**/*.test.ts'],
      testPathIgnorePatterns: ['/test/lab/', '/test/proofs/', '/test/terraform-core/'],
    },
    { ...common, displayName: 'proofs', testMatch: ['<rootDir>/test/proofs/**/*.test.ts'] },
    { ...common, displayName: 'terraform', testMatch: ['<rootDir>/test/terraform-core/**/*.test.ts'] },
    {
      ...common,
      displayName: 'lab',
      setupFilesAfterEnv: ['<rootDir>/test/helpers/lab-timeout.js'],
      testMatch: ['<rootDir>/test/lab/**/*.test.ts'],
      globalSetup: '<rootDir>/test/lab/global-up.ts',
      globalTeardown: '<rootDir>/test/lab/global-down.ts',
    },
  ],
};
