import { defineConfig } from 'vitest/config'

/** Tests that need the built control plane, one after the other: it takes what a small machine has. */
export default defineConfig({
  test: {
    include: ['**/*.cluster.test.ts'],
    exclude: ['**/node_modules/**'],
    globalSetup: ['test/postgres-setup.ts'],
    fileParallelism: false,
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
})
