import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['src/**/*.test.ts', 'test/**/*.test.ts', 'control-plane/**/*.test.ts'],
    // They need a whole control plane: `npm run test:cluster`.
    exclude: ['**/node_modules/**', '**/*.cluster.test.ts'],
    // CI counts the tests from the report: see .ci/run.
    reporters: process.env['CI'] ? ['default', ['json', { outputFile: '.cache/test-report.json' }]] : ['default'],
    globalSetup: ['test/postgres-setup.ts'],
    // Child processes, since tests kill, stop and start things; as many as a small CI machine has cores.
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
})
