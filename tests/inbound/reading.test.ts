/** What each kind of mail that comes back means: our own mails always, the corpora of others where they are. */
import { readFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { readReturn } from '../../src/inbound/reading/read.js'
import { agreementWith, corpusFolder } from '../support/bounce-corpus.js'

const folder = new URL('../fixtures/bounces/', import.meta.url)
type Expected = { kind: string; recipients: [address: string, verdict: string | null][] }
const expected: Record<string, Expected> = JSON.parse(readFileSync(new URL('expected.json', folder), 'utf8'))

const readFixture = async (file: string) => readReturn(await readFile(new URL(file, folder)))

test.for(Object.entries(expected))('%s', async ([file, verdict]) => {
  const { kind, recipients } = await readFixture(file)
  expect({ kind, recipients: recipients.map(({ address, class: one }) => [address, one]) }).toEqual(verdict)
})

test('a bounce tells status, code, words and the way back to our mail', async () => {
  const { recipients, original } = await readFixture('courier.eml')
  expect(recipients).toEqual([
    {
      address: 'gone@example.net',
      class: 'hard',
      status: '5.1.1',
      code: 550,
      words: '550 5.1.1 <gone@example.net>... User Unknown',
    },
  ])
  expect(original).toMatchObject({ messageId: '<ed-307.41@papers.example>', feedbackId: '307:41:k3y' })
})

test('a person who asks to leave is told from one who quotes our foot', async () => {
  expect(await readFixture('reply-leave.eml')).toMatchObject({
    wantsToLeave: true,
    original: { messageId: '<ed-307.41@papers.example>' },
  })
  expect(await readFixture('reply.eml')).toMatchObject({ wantsToLeave: false })
})

if (corpusFolder === null) console.warn('Left out: the corpora of bounces are not at ../shared/bounces')

test.skipIf(corpusFolder === null)(
  'agrees with Sisimai on hardness, and finds what flufl finds',
  async () => {
    const found = await agreementWith(corpusFolder ?? '')
    expect(found.single).toBeGreaterThan(250)
    expect(found.alike / found.single, found.missedHard.join()).toBeGreaterThanOrEqual(0.97)
    expect(found.falseHard.length / found.single, found.falseHard.join()).toBeLessThanOrEqual(0.02)
    expect(found.noticesTaken).toEqual([])
    const missed = found.addressesMissed.length / found.addresses
    expect(missed, found.addressesMissed.join()).toBeLessThanOrEqual(0.02)
  },
)
