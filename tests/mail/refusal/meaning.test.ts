/** What mail servers write of addresses, at RCPT, and what they write of senders, which no address suffers for. */
import { expect, test } from 'vitest'
import { classOf, meaningOf, type Stage } from '../../../src/mail/refusal/meaning.js'

const hard = `no such user|user unknown|unknown user|no mailbox here by that name|mailbox not found|mailbox is unavailable
mailbox not present|the mailbox you are trying to reach does not exist|unknown local part reader|badrcptto
your envelope recipient is in my badrcptto list|this recipient is not in my validrcptto list|recipient not ok
can't accept user|destination server rejected recipients|there is no one at this address|cuda_nsu
this address no longer accepts mail|this email address is wrong or no longer valid|user missing home directory
account closed|the account has been closed|user has been deleted|mailbox has been removed|no longer employed here
no existe ese usuario|nessun utente simile in questa locazione|1 requested mail action aborted, mailbox not found
no such domain|unrouteable mail domain|null MX|no mx found for domain|has been replaced by other@example.org`

const nobodys = `your domain does not exist|sending domain does not exist|the sender's address is invalid
return address does not exist|MAIL FROM domain has no MX record|no MX record for your domain|invalid HELO
unknown host in HELO|Helo command rejected: Host not found|bad address syntax in From header|the message is not valid
mailbox unavailable: invalid DNS MX or A/AAAA resource record|sender not in address book|your address is invalid
attachment is not valid|Sender address rejected: Domain not found|mailbox full|account suspended
too many unknown users, closing connection|does not accept mail from this IP|greylisted, try again later`

const lines = (text: string) => text.split(/[|\n]/)
const judged = (words: string, stage: Stage, code: number | null = 550) =>
  classOf(meaningOf({ code, status: null, stage, words }))

test.each(lines(hard))('"%s" is said of the address', (words) => {
  expect(judged(words, 'rcpt')).toBe('hard')
})

test.each(lines(nobodys))('"%s" calls no address dead, at any stage', (words) => {
  const stages: Stage[] = ['connect', 'mail', 'rcpt', 'data', null]
  const classes = stages.map((stage) => judged(words, stage))
  expect([...classes, judged(words, null, null)]).not.toContain('hard')
})

test('Exchange Online means the address by 5.4.1, whichever command it answers', () => {
  const words = '550 5.4.1 Recipient address rejected: Access denied. AS(201806281)'
  expect(classOf(meaningOf({ code: 550, status: '5.4.1', stage: null, words }))).toBe('hard')
  expect(classOf(meaningOf({ code: 550, status: null, stage: null, words: words.slice(10) }))).toBe('soft')
})
