/** More time for files that start processes, browsers or servers, or do much: where the machine has other work too, they are slow, not wrong. */
import { vi } from 'vitest'

/** Called at the top of a file, before its tests are declared. */
export function slowFile(ms = 120_000): void {
  vi.setConfig({ testTimeout: ms, hookTimeout: ms })
}
