/** The outbox: without a relay each mail becomes a file, `$DATA_DIR/outbox/*.eml`. */
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Clock } from '../clock.js'
import { makeDataDir } from '../config/data-dir.js'
import { addressPattern } from '../format/mask-addresses.js'
import { messageOf } from '../errors.js'
import type { Attempted, Envelope, Mailer, RelayHealth } from './mailer/mailer.js'
import { parseMail, type ParsedMail } from './message/parse.js'

const relay = 'outbox'
const concurrency = 8
const namePattern = /^[\w.-]+\.eml$/

export class Outbox implements Mailer {
  readonly #dataDir: string
  readonly #clock: Clock
  #written = 0
  #fault: string | null = null

  /** @param dataDir the outbox is the folder of that name in it; made at the first mail. */
  constructor(dataDir: string, clock: Clock) {
    this.#dataDir = dataDir
    this.#clock = clock
  }

  async send(_envelope: Envelope, message: Buffer[]): Promise<Attempted> {
    const began = performance.now()
    try {
      await this.#write(message)
    } catch (error) {
      const fault = messageOf(error)
      this.#fault = fault
      return { outcome: 'unreached', relay, fault }
    }
    this.#fault = null
    const durationMs = Math.round(performance.now() - began)
    return { outcome: 'accepted', relay, code: 250, reply: 'written to the outbox', durationMs }
  }

  capacity(): number {
    return concurrency
  }

  health(): RelayHealth[] {
    const fault = this.#fault
    return [{ name: relay, state: fault === null ? 'up' : 'down', fault, connections: 0, smtpUtf8: true }]
  }

  async greet(): Promise<void> {}

  async close(): Promise<void> {}

  async #write(message: Buffer[]): Promise<void> {
    const folder = join(this.#dataDir, relay)
    this.#written += 1
    const name = fileName(this.#clock.now(), this.#written)
    await makeDataDir(this.#dataDir)
    await mkdir(folder, { mode: 0o700 }).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error
    })
    // Whoever lists the folder sees whole mails only.
    const temporary = join(folder, `.${name}.tmp`)
    try {
      await writeFile(temporary, message, { mode: 0o600 })
      await rename(temporary, join(folder, name))
    } catch (error) {
      // On a full disk it would take the room that others wait for.
      await rm(temporary, { force: true })
      throw error
    }
  }
}

/** Names sort by time, and those of two processes never meet. */
function fileName(at: Date, count: number): string {
  const time = at.toISOString().replaceAll(/[-:.]/g, '')
  return `${time}-${process.pid}-${String(count).padStart(7, '0')}.eml`
}

export type OutboxMail = ParsedMail & { name: string }

/** The newest mails first. Mails that vanish while they are read are left out. */
export async function listOutbox(dataDir: string, limit: number): Promise<OutboxMail[]> {
  const entries = await readdir(join(dataDir, relay)).catch(() => [])
  const newest = entries
    .filter((name) => namePattern.test(name))
    .sort()
    .toReversed()
    .slice(0, limit)
  const mails = await Promise.all(newest.map((name) => readOutbox(dataDir, name)))
  return mails.filter((mail) => mail !== null)
}

/** One mail by its file name; null for a name that is none. */
export async function readOutbox(dataDir: string, name: string): Promise<OutboxMail | null> {
  if (!namePattern.test(name)) return null
  const raw = await readFile(join(dataDir, relay, name), 'utf8').catch(() => null)
  return raw === null ? null : { name, ...(await parseMail(raw)) }
}

/** Deletes every mail that names one of the addresses, in whatever place. */
export async function forgetInOutbox(dataDir: string, emails: string[]): Promise<void> {
  const folder = join(dataDir, relay)
  const named = emails.map((email) => new RegExp(addressPattern(email), 'i'))
  for (const name of await readdir(folder).catch(() => [])) {
    const raw = await readFile(join(folder, name), 'utf8').catch(() => '')
    // A line of quoted-printable may break within an address.
    const text = raw.replaceAll(/=\r?\n/g, '')
    if (named.some((one) => one.test(text))) await rm(join(folder, name), { force: true })
  }
}
