import { mkdtemp, readFile, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { deriveKey, readSecrets, secretsOf } from '../../src/config/secrets.js'
import { readConfig } from '../../src/config/config.js'
import { encodeMailbox } from '../../src/mail/message/headers.js'
import { ConfigError } from '../../src/errors.js'

describe('readConfig', () => {
  it('has a default for all that an empty environment leaves open', () => {
    expect(readConfig({})).toMatchObject({
      host: '127.0.0.1',
      port: 3000,
      publicUrl: 'http://localhost:3000',
      databaseUrl: undefined,
      mailUrls: undefined,
      dkim: [],
      mailFrom: { name: 'Daily Papers', address: 'papers@localhost' },
      sendAt: { hour: 6, minute: 0 },
      timezone: 'UTC',
      editionSize: 10,
      editionMin: 3,
    })
  })

  it('takes an empty value as unset', () => {
    expect(readConfig({ DATABASE_URL: '', PORT: '' })).toMatchObject({ databaseUrl: undefined, port: 3000 })
  })

  it('lists every fault at once, each with its variable and what it expects', () => {
    const wrong = {
      PORT: '70000',
      DATABASE_URL: 'mysql://root:hunter2@db/papers',
      MAIL_URL: 'smtp://relay.example, http://other',
      SEND_AT: '25:00',
      TIMEZONE: 'Mars/Olympus',
      MAIL_FROM: 'nobody',
      SECRET_KEY: 'short',
      EDITION_SIZE: 'ten',
    }
    const error = fault(wrong)
    for (const name of Object.keys(wrong)) expect(error.message).toMatch(new RegExp(`^ +${name} `, 'm'))
    expect(error.message.split('\n')).toHaveLength(1 + Object.keys(wrong).length)
    expect(error.message).toContain('SEND_AT must be a time of day, HH:MM')
    expect(error.message).not.toContain('hunter2')
  })

  it('asks for a secret in production', () => {
    expect(fault({ NODE_ENV: 'production' }).message).toContain('SECRET_KEY must be set')
  })

  it('asks for a relay in production, where nothing may go to an open outbox', () => {
    const production = { NODE_ENV: 'production', SECRET_KEY: 's'.repeat(32) }
    expect(fault(production).message).toContain('MAIL_URL must be set')
    expect(readConfig({ ...production, MAIL_URL: 'smtp://relay.example.org' }).outbox).toBe(false)
    expect(readConfig({}).outbox).toBe(true)
  })

  it('knows no third way to run that would be neither development nor production', () => {
    for (const NODE_ENV of ['prod', 'staging', 'Production']) {
      expect(fault({ NODE_ENV }).message).toContain('NODE_ENV must be one of')
    }
  })

  it('refuses a least that is above the size', () => {
    expect(fault({ EDITION_MIN: '11' }).message).toContain('EDITION_MIN')
  })

  it.each(['Papers\r\nBcc: all@example.org <a@example.org>', 'two@example.org, three@example.org', '<>'])(
    'refuses the sender %j',
    (MAIL_FROM) => expect(fault({ MAIL_FROM }).message).toContain('MAIL_FROM'),
  )

  it.each([
    ['"The \\"Daily\\" Papers" <a@example.org>', 'The "Daily" Papers'],
    ['"A \\\\ B" <a@example.org>', 'A \\ B'],
    ['"Papers <daily>, Inc." <a@example.org>', 'Papers <daily>, Inc.'],
    ['"Daily" Papers <a@example.org>', 'Daily Papers'],
    ['Daily Papers <a@example.org>', 'Daily Papers'],
    ['a@example.org', ''],
  ])('reads the sender %s', (MAIL_FROM, name) => {
    const { mailFrom } = readConfig({ MAIL_FROM })
    expect(mailFrom).toEqual({ name, address: 'a@example.org' })
    expect(encodeMailbox('From', mailFrom).endsWith('a@example.org>')).toBe(true)
    expect(readConfig({ MAIL_FROM: encodeMailbox('From', mailFrom) }).mailFrom).toEqual(mailFrom)
  })

  it('cuts the slash off a public URL, since links are put behind it', () => {
    expect(readConfig({ PUBLIC_URL: 'https://papers.example.org/' }).publicUrl).toBe(
      'https://papers.example.org',
    )
  })
})

describe('secrets', () => {
  it('are made once and kept, readable by their owner alone', async () => {
    const dataDir = await mkdtemp(join(tmpdir(), 'secrets-'))
    const config = readConfig({ DATA_DIR: dataDir })
    const both = await Promise.all([readSecrets(config), readSecrets(config)])
    expect(both[0]).toEqual(both[1])
    expect(both[0].keys[0].bytes.length).toBeGreaterThanOrEqual(32)
    expect((await stat(join(dataDir, 'secret-key'))).mode & 0o777).toBe(0o600)
    expect(await readFile(join(dataDir, 'secret-key'), 'utf8')).toBe(both[0].keys[0].bytes.toString())
  })

  it('keep older keys after the newest', () => {
    const secrets = secretsOf(`${'n'.repeat(32)},${'o'.repeat(32)}`)
    expect(secrets.keys.map((key) => key.bytes.toString()[0])).toEqual(['n', 'o'])
    expect(new Set(secrets.keys.map((key) => key.id)).size).toBe(2)
  })

  it('give each purpose a key of its own', () => {
    const key = secretsOf('n'.repeat(32)).keys[0]
    expect(deriveKey(key, 'a')).not.toEqual(deriveKey(key, 'b'))
    expect(deriveKey(key, 'a')).toHaveLength(32)
  })
})

function fault(env: NodeJS.ProcessEnv): ConfigError {
  try {
    readConfig(env)
  } catch (error) {
    if (error instanceof ConfigError) return error
  }
  throw new Error('no fault was found')
}
