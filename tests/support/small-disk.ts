/** A disk of a given size, which only root can make, and which can be filled up. */
import { spawnSync } from 'node:child_process'
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { openTemporaryFolder } from './test-server.js'

export type SmallDisk = {
  folder: string
  fill(): void
  makeRoom(): Promise<void>
  close(): Promise<void>
}

/** @param size - as mount has it: `400m`. @returns null, after saying so aloud, where none can be mounted. */
export async function openSmallDisk(size: string): Promise<SmallDisk | null> {
  const folder = await mkdtemp(join(await openTemporaryFolder(), 'daily-papers-full-'))
  const { status } = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', folder])
  if (status !== 0) {
    await rm(folder, { recursive: true })
    console.warn('No small disk can be mounted here: a full one is not tried.')
    return null
  }
  await chmod(folder, 0o755)
  const filler = join(folder, 'filler')
  return {
    folder,
    fill: () => void spawnSync('dd', ['if=/dev/zero', `of=${filler}`, 'bs=1M']),
    makeRoom: () => rm(filler, { force: true }),
    close: async () => {
      spawnSync('umount', ['-l', folder])
      await rm(folder, { recursive: true })
    },
  }
}
