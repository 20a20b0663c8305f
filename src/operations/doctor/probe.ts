/** A question of the doctor's to the running service, which only who has SECRET_KEY can ask. */
import { timingSafeEqual } from 'node:crypto'
import { type Static, Type } from 'typebox'
import type { Clock } from '../../clock.js'
import type { Secrets } from '../../config/secrets.js'
import { keyedHash } from '../../subscribers/keys.js'

export const probeHeader = 'x-daily-papers-probe'

const goodForMs = 60_000

export const makeProbe = (secrets: Secrets, clock: Clock): string =>
  signed(secrets.keys[0], clock.now().getTime().toString(36))

function signed(key: Secrets['keys'][0], time: string): string {
  return `${time}.${keyedHash(key, 'doctor probe', time).toString('base64url')}`
}

export function isProbe(secrets: Secrets, clock: Clock, header: string | string[] | undefined): boolean {
  if (typeof header !== 'string') return false
  const [time = ''] = header.split('.')
  const given = Buffer.from(header)
  const known = secrets.keys.some((key) => {
    const own = Buffer.from(signed(key, time))
    return own.length === given.length && timingSafeEqual(own, given)
  })
  return known && Math.abs(clock.now().getTime() - Number.parseInt(time, 36)) <= goodForMs
}

export const seenSchema = Type.Object(
  {
    address: Type.String({ description: 'Whom the service takes for the one who asks' }),
    from: Type.String({ description: 'Who is connected: the proxy, or the one who asks' }),
    forwarded: Type.Boolean({ description: 'X-Forwarded-For came with it' }),
    host: Type.String({ description: 'The Host header' }),
  },
  { description: 'Only in an answer to daily-papers doctor' },
)

export type Seen = Static<typeof seenSchema>
