/** Takes in an upload at the speed of its sender, so that no request waits for the database. */
import { randomUUID } from 'node:crypto'
import { open, unlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { Problem } from '../../errors.js'

/** An upload on disk, readable by nobody else and gone with its closing. */
export type Spool = { read(): Readable; close(): Promise<void> }

/** @throws Problem `invalid` for one larger than the limit in bytes. */
export async function spool(upload: Readable, limit: number): Promise<Spool> {
  const path = join(tmpdir(), `daily-papers-${randomUUID()}`)
  const file = await open(path, 'wx+', 0o600)
  // An open file needs no name: a process that is killed leaves no addresses behind. Windows does not allow it.
  const nameless = await unlink(path).then(
    () => true,
    () => false,
  )
  const close = async () => {
    await file.close()
    if (!nameless) await unlink(path)
  }
  try {
    let size = 0
    for await (const chunk of upload as AsyncIterable<Buffer>) {
      size += chunk.length
      if (size > limit) throw new Problem('invalid', `The file is larger than ${limit} bytes.`)
      await file.write(chunk)
    }
  } catch (error) {
    await close()
    throw error
  }
  return { read: () => file.createReadStream({ start: 0, autoClose: false }), close }
}
