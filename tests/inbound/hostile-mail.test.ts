/** Mails that are cut, doubled, nested, huge or wrong in their character set cost little and break nothing. */
import { expect, test } from 'vitest'
import { readReturn } from '../../src/inbound/reading/read.js'
import { everyMail } from '../support/bounce-corpus.js'
import { seeded } from '../support/mutate.js'
import { slowFile } from '../support/slow-file.js'

slowFile()

/** Of CPU, for one mail: some hundredths of it are usual. */
const longestMs = 5_000
const megabyte = 1024 * 1024

/** Reads it, looks at what came out, and says how long that took, in milliseconds of CPU. */
async function costOf(raw: Buffer): Promise<number> {
  const before = process.cpuUsage()
  const { recipients } = await readReturn(raw)
  const { user } = process.cpuUsage(before)
  expect(recipients.length).toBeLessThanOrEqual(500)
  for (const { address, words } of recipients) {
    expect(address.length).toBeLessThanOrEqual(320)
    expect(words.length).toBeLessThanOrEqual(1_000)
  }
  return user / 1_000
}

const cuts = Number(process.env['FUZZ_CUTS'] ?? 2)

test(`every mail, cut at ${cuts} bytes by chance, doubled and spoilt`, async () => {
  const random = seeded(14)
  for (const { raw } of await everyMail()) {
    for (let i = 0; i < cuts; i++)
      expect(await costOf(raw.subarray(0, Math.floor(random() * raw.length)))).toBeLessThan(longestMs)
    expect(await costOf(Buffer.concat([raw, raw]))).toBeLessThan(longestMs)
    expect(
      await costOf(Buffer.from(raw.map((byte) => (random() < 0.01 ? Math.floor(random() * 256) : byte)))),
    ).toBeLessThan(longestMs)
  }
})

const report = Buffer.from(
  'From: MAILER-DAEMON@example.org\nSubject: Undelivered\n\n<reader@example.net>: 550 5.1.1 unknown\n',
)
const levels = (open: (level: number) => string) =>
  Buffer.from(Array.from({ length: 200 }, (_, level) => open(level)).join(''))

test.for([
  ['multiparts', (i: number) => `Content-Type: multipart/mixed; boundary="b${i}"\n\n--b${i}\n`],
  ['reports', (i: number) => `Content-Type: multipart/report; boundary=b\n\n--b\nSubject: ${i}\n`],
  ['enclosed mails', () => 'Content-Type: message/rfc822\n\n'],
] as const)('%s within each other, two hundred deep', async ([, open]) => {
  expect(await costOf(Buffer.concat([levels(open), report]))).toBeLessThan(longestMs)
})

test.for(['utf-7', 'x-unknown', 'iso-2022-jp', 'utf-16', "'; DROP", 'base64', 'nine thousand letters'])(
  'in the character set %s',
  async (charset) => {
    const named = charset.startsWith('nine') ? 'a'.repeat(9_000) : charset
    for (const { raw } of (await everyMail()).slice(0, 30)) {
      const declared = `Content-Type: text/plain; charset="${named}"\nContent-Transfer-Encoding: base64\n`
      expect(await costOf(Buffer.concat([Buffer.from(declared), raw]))).toBeLessThan(longestMs)
    }
    const odd = Buffer.from(
      `From: =?${named}?Q?=FF=FE=00?= <MAILER-DAEMON@a.example>\nSubject: =?${named}?B?//8=?=\n\n`,
    )
    expect(
      await costOf(Buffer.concat([odd, Buffer.from([0xff, 0xfe, 0x00, 0x1b, 0x24, 0x42])])),
    ).toBeLessThan(longestMs)
  },
)

const heads = {
  'no header': '',
  'a report in words': 'From: MAILER-DAEMON@example.org\nSubject: Undelivered\n\n',
  'a delivery status':
    'From: MAILER-DAEMON@example.org\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\n\n--b\nContent-Type: message/delivery-status\n\nFinal-Recipient: rfc822; reader@example.net\nAction: failed\nDiagnostic-Code: smtp; ',
  HTML: 'From: MAILER-DAEMON@example.org\nContent-Type: text/html\n\n',
  'a header': 'To: ',
}
const units = [
  'a@b.',
  '<a@b.example>:\n',
  'a@b.example, ',
  '550 ',
  '(',
  '=?utf-8?q?',
  '\n\n',
  '\n ',
  '\n--b\n',
  '<style',
  '&',
]
const phrases = [
  'user x unknown ',
  'mailbox exceeded the ',
  'not accept any mail ',
  'the account of ',
  '{"Message":"\\',
]

test.for(Object.entries(heads))('much of one thing below %s', async ([, head]) => {
  for (const unit of [...units, ...phrases]) {
    expect(await costOf(Buffer.concat([Buffer.from(head), Buffer.alloc(megabyte, unit)]))).toBeLessThan(
      longestMs,
    )
  }
})

test.for(['\n', '<a@b.example>:\n'])('fifty megabytes of %j take the memory of one', async (unit) => {
  const raw = Buffer.concat([Buffer.from(heads['a report in words']), Buffer.alloc(50 * megabyte, unit)])
  const before = process.memoryUsage().rss
  expect(await costOf(raw)).toBeLessThan(longestMs)
  expect(process.memoryUsage().rss - before).toBeLessThan(150 * megabyte)
})
