/** The outbox: mails as files, read back for its page. */
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { systemClock } from '../../src/clock.js'
import { silentLog } from '../../src/log.js'
import { assembleMail, prepareMail } from '../../src/mail/message/assemble.js'
import { openMailer } from '../../src/mail/open-mailer.js'
import { listOutbox, readOutbox } from '../../src/mail/outbox.js'

let dataDir: string
beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'outbox-'))
})
afterAll(() => rm(dataDir, { recursive: true }))

const compiled = {
  subject: 'Größe – “one” =?utf-8?q?x?= and a subject that is long enough to be folded more than once',
  html: { head: '<p>ä = 1\n', cards: ['<b>  two  </b>'], foot: '</p>@@WEB_URL@@' },
  text: { head: '.dot\n', cards: ['one\n'], foot: '@@WEB_URL@@\n' },
}
const message = () =>
  assembleMail(prepareMail(compiled), {
    from: { name: 'Daily Papers', address: 'papers@example.org' },
    to: 'ada@example.com',
    messageId: 'a@example.org',
    date: new Date('2026-05-06T06:00:00Z'),
    values: { WEB_URL: 'https://example.org/?a=1&b=2' },
  })

test('keeps each mail as a file and gives it back, the newest first', async () => {
  const mailer = openMailer(
    { mailUrls: undefined, publicUrl: 'http://localhost', oauth: null, dataDir },
    silentLog,
    systemClock,
  )
  const envelope = { from: 'papers@example.org', to: 'ada@example.com' }
  expect(await listOutbox(dataDir, 10)).toEqual([])
  expect(await mailer.send(envelope, await message())).toMatchObject({ outcome: 'accepted', code: 250 })
  await Promise.all(Array.from({ length: 20 }, async () => mailer.send(envelope, await message())))
  const names = (await readdir(join(dataDir, 'outbox'))).sort()
  expect(names).toHaveLength(21)
  const listed = await listOutbox(dataDir, 5)
  expect(listed.map(({ name }) => name)).toEqual(names.slice(-5).toReversed())
  expect(listed[0]).toMatchObject({
    subject: compiled.subject,
    from: 'Daily Papers <papers@example.org>',
    to: '<ada@example.com>',
    html: '<p>ä = 1\n<b>  two  </b></p>https://example.org/?a=1&amp;b=2',
    text: '.dot\none\nhttps://example.org/?a=1&b=2\n',
  })
  expect(await readOutbox(dataDir, names[0] ?? '')).toEqual(expect.objectContaining({ name: names[0] }))
})

test('shows the blank before a soft line break, as it was sent', async () => {
  const headers = 'Subject: x\r\nContent-Type: text/html\r\nContent-Transfer-Encoding: quoted-printable'
  const body = '<p>One click =\r\nand you are in</p>\r\n'
  await writeFile(join(dataDir, 'outbox', 'soft.eml'), `${headers}\r\n\r\n${body}`)
  expect((await readOutbox(dataDir, 'soft.eml'))?.html.trim()).toBe('<p>One click and you are in</p>')
})

test.for(['../outbox/x.eml', '..', '', 'none.eml', '/etc/passwd'])('gives nothing for %j', async (name) => {
  expect(await readOutbox(dataDir, name)).toBeNull()
})

test('says why a mail cannot be written, and harms no row', async () => {
  const file = join(dataDir, 'no-folder')
  await writeFile(file, '')
  const mailer = openMailer(
    { mailUrls: undefined, publicUrl: 'http://localhost', oauth: null, dataDir: file },
    silentLog,
    systemClock,
  )
  const result = await mailer.send({ from: 'a@example.org', to: 'b@example.org' }, await message())
  expect(result).toMatchObject({ outcome: 'unreached', relay: 'outbox' })
  expect(mailer.health()).toMatchObject([{ state: 'down' }])
})
