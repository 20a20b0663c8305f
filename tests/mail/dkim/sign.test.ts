/** DKIM: signatures hold, break when anything signed changes, and a bad key stops the start. */
import { generateKeyPairSync, type KeyObject } from 'node:crypto'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { dkimVerify } from 'mailauth/lib/dkim/verify.js'
import { afterAll, describe, expect, test } from 'vitest'
import { readConfig } from '../../../src/config/config.js'
import { assembleMail, prepareMail, type ReaderMail } from '../../../src/mail/message/assemble.js'
import { DkimSigner } from '../../../src/mail/dkim/sign.js'
import { readSigningKeys } from '../../../src/mail/dkim/sign-keys.js'

const folder = mkdtempSync(join(tmpdir(), 'dkim-'))
afterAll(() => rm(folder, { recursive: true }))

const clock = { now: () => new Date('2026-05-06T06:00:00Z') }
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 })
const ed25519 = generateKeyPairSync('ed25519')
const weak = generateKeyPairSync('rsa', { modulusLength: 1024 })

function file(name: string, content: string | KeyObject): string {
  const path = join(folder, name)
  const text = typeof content === 'string' ? content : content.export({ type: 'pkcs8', format: 'pem' })
  writeFileSync(path, text)
  return path
}

const env = {
  DKIM_DOMAIN: 'example.org',
  DKIM_SELECTOR: 'one',
  DKIM_KEY_FILE: file('rsa.pem', rsa.privateKey),
}
const both = { ...env, DKIM_SELECTOR_2: 'two', DKIM_KEY_FILE_2: file('ed.pem', ed25519.privateKey) }

const records: Record<string, string> = {
  'one._domainkey.example.org': `v=DKIM1; k=rsa; p=${rsa.publicKey.export({ type: 'spki', format: 'der' }).toString('base64')}`,
  'two._domainkey.example.org': `v=DKIM1; k=ed25519; p=${ed25519.publicKey.export({ type: 'spki', format: 'der' }).subarray(-32).toString('base64')}`,
}
const resolver = async (name: string): Promise<string[][]> => [[records[name] ?? '']]

const compiled = {
  subject: 'Größe  counts: a subject of more than one line, to be folded somewhere before its end',
  html: { head: '<p>  a   b\t</p>\n', cards: ['<b>one</b>', '.<b>two</b>\n'], foot: '@@WEB_URL@@\n\n\n' },
  text: { head: ' head \n', cards: ['one', 'two '], foot: '@@UNSUBSCRIBE_URL@@\n\n' },
}
const reader: ReaderMail = {
  from: { name: 'Daily “Papers”', address: 'papers@example.org' },
  to: 'ada@example.com',
  messageId: 'd1@example.org',
  date: clock.now(),
  values: { UNSUBSCRIBE_URL: 'https://example.org/u/1', WEB_URL: 'https://example.org/w' },
  list: {
    name: 'Daily Papers',
    id: 'papers.example.org',
    unsubscribeUrl: 'https://example.org/u/1',
    archiveUrl: 'https://example.org/editions/2026-05-06',
    feedbackId: 'e1:daily:papers:example',
  },
}

async function signed(variables: object, mail: ReaderMail = reader, content = compiled): Promise<Buffer> {
  const signer = new DkimSigner(readSigningKeys(readConfig(variables as NodeJS.ProcessEnv)), clock)
  const message = await assembleMail(prepareMail(content), mail)
  return Buffer.concat([await signer.sign(message), ...message])
}

async function verdicts(message: Buffer, at = clock.now()): Promise<string[]> {
  const { results } = await dkimVerify(message, { resolver, curTime: at })
  return results.map(({ status }) => status.result)
}

const changed = (message: Buffer, from: string | RegExp, to: string): Buffer => {
  const text = message.toString('latin1')
  expect(text).toMatch(from)
  return Buffer.from(text.replace(from, to), 'latin1')
}

describe('a signature', () => {
  test('holds, and covers every header, From more often than it occurs', async () => {
    const { results } = await dkimVerify(await signed(env), { resolver, curTime: clock.now() })
    expect(results).toHaveLength(1)
    expect(results[0]).toMatchObject({
      signingDomain: 'example.org',
      selector: 'one',
      algo: 'rsa-sha256',
      format: 'relaxed/relaxed',
      status: { result: 'pass' },
    })
    const covered = /h=([^;]+);/
      .exec((await signed(env)).toString())?.[1]
      ?.replaceAll(/\s+/g, '')
      .split(':')
    expect(covered).toEqual(
      expect.arrayContaining(
        'to subject date message-id mime-version content-type list-id list-unsubscribe list-unsubscribe-post list-archive feedback-id'.split(
          ' ',
        ),
      ),
    )
    expect(covered?.filter((name) => name === 'from')).toHaveLength(2)
  })

  test('holds whatever the order of the cards', async () => {
    expect(await verdicts(await signed(env, { ...reader, order: [1, 0] }))).toEqual(['pass'])
    expect(await verdicts(await signed(env, { ...reader, order: [] }))).toEqual(['pass'])
  })

  test('is made with both keys while one replaces the other', async () => {
    expect(await verdicts(await signed(both))).toEqual(['pass', 'pass'])
  })

  test.for([
    'From',
    'To',
    'Subject',
    'Date',
    'Message-ID',
    'MIME-Version',
    'Content-Type',
    'Auto-Submitted',
    'X-Auto-Response-Suppress',
    'Precedence',
    'List-Id',
    'List-Unsubscribe',
    'List-Unsubscribe-Post',
    'List-Archive',
    'Feedback-ID',
  ])('breaks when %s changes or goes', async (name) => {
    const message = await signed(both)
    const [alone, line] = [new RegExp(`\r\n${name}: `), new RegExp(`\r\n${name}: [^\r]*(\r\n [^\r]*)*`)]
    expect(await verdicts(changed(message, alone, `\r\n${name}: x`))).not.toContain('pass')
    expect(await verdicts(changed(message, line, ''))).not.toContain('pass')
  })

  test.for([
    'From',
    'Sender',
    'Reply-To',
    'To',
    'Cc',
    'Subject',
    'Date',
    'Message-ID',
    'In-Reply-To',
    'References',
    'MIME-Version',
    'Content-Type',
    'Content-Transfer-Encoding',
    'Content-Disposition',
    'Auto-Submitted',
    'Precedence',
    'List-Id',
    'List-Unsubscribe',
    'List-Unsubscribe-Post',
    'List-Subscribe',
    'List-Post',
    'List-Help',
    'List-Owner',
    'List-Archive',
    'Feedback-ID',
  ])('breaks when one more %s is put on top', async (name) => {
    const more = Buffer.from(`${name}: <https://eve.example.net>\r\n`)
    const message = await signed(both)
    expect(await verdicts(Buffer.concat([more, message]))).not.toContain('pass')
    if (name === 'Precedence') return
    const { list: _, ...letter } = reader
    expect(await verdicts(Buffer.concat([more, await signed(both, letter)]))).not.toContain('pass')
  })

  test('breaks when the body changes, and ends with its time', async () => {
    const message = await signed(both)
    expect(await verdicts(changed(message, '<b>one</b>', '<b>One</b>'))).not.toContain('pass')
    expect(await verdicts(message, new Date('2026-05-13T05:59:59Z'))).toEqual(['pass', 'pass'])
    expect(await verdicts(message, new Date('2026-05-13T06:00:01Z'))).not.toContain('pass')
  })

  test('holds for any text', async () => {
    const text = fc.string({ unit: fc.constantFrom('a', ' ', '.', '=', '\n', '\t', 'é', '@@WEB_URL@@') })
    await fc.assert(
      fc.asyncProperty(text, text, text, async (head, foot, subject) => {
        const content = {
          subject,
          html: { head, cards: [], foot },
          text: { head: foot, cards: [], foot: head },
        }
        expect(await verdicts(await signed(env, reader, content))).toEqual(['pass'])
      }),
      { numRuns: 60 },
    )
  })
})

describe('signing keys', () => {
  test.for([
    [
      'no file',
      { ...env, DKIM_KEY_FILE: join(folder, 'none.pem') },
      'DKIM_KEY_FILE must be a file that can be read',
    ],
    [
      'no key',
      { ...env, DKIM_KEY_FILE: file('no.pem', 'no key') },
      'DKIM_KEY_FILE must be the file of a private key',
    ],
    [
      'a public key',
      {
        ...env,
        DKIM_KEY_FILE: file('pub.pem', rsa.publicKey.export({ type: 'spki', format: 'pem' }).toString()),
      },
      'DKIM_KEY_FILE must be the file of a private key',
    ],
    [
      'a weak key',
      { ...env, DKIM_KEY_FILE: file('weak.pem', weak.privateKey) },
      'DKIM_KEY_FILE must be an RSA key of at least 2048 bits',
    ],
    [
      'a weak second key',
      { ...both, DKIM_KEY_FILE_2: file('weak.pem', weak.privateKey) },
      'DKIM_KEY_FILE_2 must be',
    ],
  ] as const)('%s: nothing starts', ([, variables, fault]) => {
    const config = readConfig(variables)
    expect(() => readSigningKeys(config)).toThrow(fault)
  })

  test.for([
    [{ DKIM_DOMAIN: 'example.org' }, 'DKIM_DOMAIN, DKIM_SELECTOR and DKIM_KEY_FILE must be set together'],
    [{ ...env, DKIM_SELECTOR_2: 'x' }, 'DKIM_SELECTOR_2 and DKIM_KEY_FILE_2 must be set together'],
    [{ DKIM_SELECTOR_2: 'x', DKIM_KEY_FILE_2: 'x' }, 'DKIM_SELECTOR_2 must come with DKIM_DOMAIN'],
    [{ ...env, DKIM_DOMAIN: 'exa mple' }, 'DKIM_DOMAIN must be a domain name'],
    [{ ...env, DKIM_SELECTOR: 'a;b' }, 'DKIM_SELECTOR must be a domain name'],
  ] as const)('%j is refused', ([variables, fault]) => {
    expect(() => readConfig(variables as NodeJS.ProcessEnv)).toThrow(fault)
  })
})
