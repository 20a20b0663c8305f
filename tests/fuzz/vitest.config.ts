/** Runs what attacks the service with generated values; it shares the tests' support, and takes minutes. */
import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    root: new URL('../../', import.meta.url).pathname,
    include: ['tests/fuzz/*.fuzz.ts', 'tests/http/fuzz.test.ts', 'tests/papers/sources/fuzz.test.ts'],
    globalSetup: ['tests/support/global-setup.ts'],
    env: { FUZZ_CALLS: process.env['FUZZ_CALLS'] ?? '100' },
    testTimeout: 900_000,
    hookTimeout: 900_000,
    fileParallelism: false,
  },
})
