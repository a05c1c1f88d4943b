import { defineConfig } from 'vitest/config'

/** Tests that need the built control plane, one file after the other: a control plane takes what a small machine has. */
export default defineConfig({
  test: {
    include: ['**/*.cluster.test.ts'],
    exclude: ['**/node_modules/**'],
    // CI counts the tests from the report: see .ci/run.
    reporters: process.env['CI'] ? ['default', ['json', { outputFile: '.cache/cluster-report.json' }]] : ['default'],
    globalSetup: ['test/postgres-setup.ts'],
    fileParallelism: false,
    // Plays wait much for controllers: two at a time keep two processors busy.
    maxConcurrency: 2,
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
})
