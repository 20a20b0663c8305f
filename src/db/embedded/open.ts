/** The database of a process: the one at DATABASE_URL, otherwise an embedded Postgres that lives in DATA_DIR. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Config } from '../../config/config.js'
import { messageOf } from '../../errors.js'
import type { Log } from '../../log.js'
import { openPlace, type Place, type PlaceOptions } from './place.js'
import { type Hold, holdServer, releaseServer, type Settings } from './server.js'
import { usualLooks, watchHolders } from './watch.js'

export type OpenedDatabase = {
  url: string
  embedded: boolean
  /** Gives the database back; the last process to do so stops an embedded server. Never throws. */
  close(): Promise<void>
}

export type EmbeddedOptions = PlaceOptions & {
  settings?: Settings
  /** How often it is looked whether somebody still holds it. */
  lookSeconds?: number
}

/** @throws Problem `unavailable` that says what to do where the embedded Postgres can't run */
export async function openDatabase(
  config: Pick<Config, 'databaseUrl' | 'dataDir'>,
  log: Log,
  options: EmbeddedOptions = {},
): Promise<OpenedDatabase> {
  if (config.databaseUrl) return { url: config.databaseUrl, embedded: false, close: async () => {} }
  const place = await openPlace(config.dataDir, options)
  const settings = options.settings ?? {}
  const looks = options.lookSeconds ?? usualLooks
  const hold = await holdServer(place, settings)
  await watchHolders(place, hold, looks)
  const user = new ServerUser(place, settings, hold, looks, log)
  return { url: user.url(), embedded: true, close: () => user.close() }
}

/** Holds the server while its process runs, and brings it back when it dies. */
class ServerUser {
  readonly #place: Place
  readonly #settings: Settings
  readonly #lookSeconds: number
  readonly #log: Log
  #hold: Hold
  #closing = false
  #mending: Promise<void> | undefined

  constructor(place: Place, settings: Settings, hold: Hold, lookSeconds: number, log: Log) {
    this.#place = place
    this.#settings = settings
    this.#lookSeconds = lookSeconds
    this.#log = log
    this.#hold = hold
    this.#watch()
  }

  url(): string {
    return `postgres://postgres:${this.#hold.password}@127.0.0.1:${this.#hold.port}/postgres`
  }

  async close(): Promise<void> {
    this.#closing = true
    await this.#mending
    await releaseServer(this.#place, this.#hold)
  }

  #watch(): void {
    this.#hold.client.once('end', () => {
      if (this.#closing) return
      this.#log.warn({}, 'the embedded database was lost; it is being brought back')
      this.#mending = this.#bringBack()
    })
  }

  /** On the same port, since the pools of this process and of others know it. */
  async #bringBack(): Promise<void> {
    while (!this.#closing) {
      try {
        this.#hold = await holdServer(this.#place, this.#settings, this.#hold.port)
        await watchHolders(this.#place, this.#hold, this.#lookSeconds)
        this.#log.info({}, 'the embedded database is back')
        return this.#watch()
      } catch (error) {
        this.#log.error({ fault: messageOf(error) }, 'the embedded database did not come back')
        await sleep(2_000)
      }
    }
  }
}
