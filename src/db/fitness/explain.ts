/** What to do about a database that is not reached, by what was said of it. */
import { messageOf, Problem } from '../../errors.js'
import { awayBy, awayWords } from './away.js'

const hints: [RegExp, string][] = [
  [
    /statement pooling/i,
    'The pooler before it cuts transactions up: set pool_mode to transaction or session.',
  ],
  [
    /unsupported startup parameter/i,
    'The pooler before it refuses a parameter of DATABASE_URL: leave it out.',
  ],
  [
    /self.signed|unable to verify|unable to get (?:local )?issuer/i,
    'Name its authority: DATABASE_URL with sslrootcert=FILE; sslmode=no-verify trusts anybody.',
  ],
  [
    /does not match certificate|altnames/i,
    'Its certificate is for another host: use the name that it is for.',
  ],
  [/does not support SSL/i, 'It has no TLS: write sslmode=disable, or give it a certificate.'],
  [/no pg_hba\.conf entry/i, 'pg_hba.conf of the server does not let us in.'],
  [/authentication failed|password must be/i, 'Check user and password in DATABASE_URL.'],
  [/database .* does not exist/i, 'Make it with createdb, or name another one in DATABASE_URL.'],
]

/** Without the password. */
export function explained(error: unknown): Problem {
  const said = messageOf(error)
  const hint = hints.find(([pattern]) => pattern.test(said))?.[1]
  const away = awayBy(error)
  if (away === 'full' || away === 'read-only') {
    return new Problem('unavailable', `${awayWords[away]} ${said}`, { cause: error })
  }
  const detail = `The database cannot be reached: ${said}. ${hint ?? 'Check DATABASE_URL.'}`
  return new Problem('unavailable', detail, { cause: error })
}
