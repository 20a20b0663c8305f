/** What building and steering an edition takes from the services. */
import type { Clock } from '../clock.js'
import type { Config } from '../config/config.js'
import type { Db } from '../db/client.js'
import type { Log } from '../log.js'

/** Of the configuration; none of them is a secret. */
export const editionSettings = [
  'editionSize',
  'editionMin',
  'sendAt',
  'timezone',
  'publication',
  'byline',
  'senderAddress',
  'publicUrl',
  'pictures',
] as const satisfies readonly (keyof Config)[]

export type EditionServices = {
  db: Db
  clock: Clock
  log: Log
  config: Pick<Config, (typeof editionSettings)[number]>
}
