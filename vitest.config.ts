import { defineConfig } from 'vitest/config'

/** Files that ask what a process has loaded, or how much of its time one page takes. */
const alone = ['tests/db/statements.test.ts', 'tests/http/public/hostile-papers.test.ts']
const patience = { testTimeout: 20_000, hookTimeout: 20_000 }

export default defineConfig({
  test: {
    globalSetup: ['tests/support/global-setup.ts'],
    maxWorkers: 2,
    projects: [
      {
        // Modules are loaded once for all files of a worker, which takes a quarter off the whole.
        test: {
          ...patience,
          name: 'together',
          include: ['tests/**/*.test.ts'],
          exclude: alone,
          isolate: false,
        },
      },
      { test: { ...patience, name: 'alone', include: alone, isolate: true } },
    ],
  },
})
