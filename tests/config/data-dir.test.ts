/** What lies in DATA_DIR is for its owner alone. */
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { readConfig } from '../../src/config/config.js'
import { readSecrets } from '../../src/config/secrets.js'
import { Outbox } from '../../src/mail/outbox.js'
import { systemClock } from '../../src/clock.js'

const above = await mkdtemp(join(tmpdir(), 'data-dir-'))
afterAll(() => rm(above, { recursive: true, force: true }))

it('is closed to others, with all that is in it', async () => {
  const before = process.umask(0)
  try {
    const dataDir = join(above, 'data')
    await new Outbox(dataDir, systemClock).send({ from: 'a@example.org', to: 'b@example.org' }, [
      Buffer.from('Subject: x\r\n\r\nx\r\n'),
    ])
    await readSecrets(readConfig({ DATA_DIR: dataDir }))
    const mode = async (path: string) => ((await stat(path)).mode & 0o777).toString(8)
    // Postgres, which root runs as another account, has a folder of its own below it to pass through to.
    expect(await mode(dataDir)).toBe(process.getuid?.() === 0 ? '711' : '700')
    const entries = await readdir(dataDir, { recursive: true, withFileTypes: true })
    expect(entries.length).toBeGreaterThanOrEqual(3)
    for (const entry of entries) {
      const path = join(entry.parentPath, entry.name)
      expect(await mode(path), path).toBe(entry.isDirectory() ? '700' : '600')
    }
  } finally {
    process.umask(before)
  }
})
