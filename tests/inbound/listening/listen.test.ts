/** The listener's bounds: whose mail, how large, for how many, and how much of one network. */
import { connect } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Listener, listenForMail } from '../../../src/inbound/listening/listen.js'
import { PeerLimits } from '../../../src/inbound/listening/peer-limits.js'
import { stoppedClock, testServices } from '../../support/services.js'
import { testDatabase } from '../../support/test-database.js'

const { db } = await testDatabase()
const clock = stoppedClock('2026-07-01T09:00:00Z')
const services = await testServices(db, { RETURN_ADDRESS: 'bounce@b.example' }, { clock })

let listener: Listener
beforeAll(async () => {
  const where = { protocol: 'smtp', host: '127.0.0.1', port: 0 } as const
  listener = await listenForMail(services, where, 'bounce@b.example', () => {})
})
afterAll(async () => {
  await listener.close()
  await services.close()
})

/** @returns the answers, one for each command, without their text of several lines. */
function converse(commands: string[]): Promise<string[]> {
  return new Promise((resolve, reject) => {
    const socket = connect(listener.port, '127.0.0.1')
    const answers: string[] = []
    let text = ''
    socket.on('error', reject)
    socket.on('close', () => resolve(answers))
    socket.on('data', (chunk: Buffer) => {
      text += chunk.toString()
      if (!/^\d{3} [^\r\n]*\r\n$/m.test(text)) return
      answers.push(text.trim().split('\r\n').at(-1) ?? '')
      text = ''
      const next = commands[answers.length - 1]
      if (next === undefined) socket.end()
      else socket.write(`${next}\r\n`)
    })
  })
}

const begin = ['EHLO mx.example', 'MAIL FROM:<>']
const held = async () => (await db.sql('SELECT 1 FROM inbound_mail')).length

describe('the listener', () => {
  it('takes mail for its own two addresses alone, in any case and with any token', async () => {
    const to = [
      'bounce+x@b.example',
      'BOUNCE@B.example',
      'leave+y@b.example',
      'other@b.example',
      'bounce@c.example',
    ]
    const answers = await converse([...begin, ...to.map((address) => `RCPT TO:<${address}>`)])
    expect(answers.slice(3).map((answer) => answer.slice(0, 3))).toEqual(['250', '250', '250', '550', '550'])
  })

  it('takes so many recipients a mail and no more', async () => {
    const to = Array.from({ length: 101 }, (_, i) => `RCPT TO:<bounce+${i}@b.example>`)
    const answers = await converse([...begin, ...to])
    expect(answers.at(-2)).toMatch(/^250/)
    expect(answers.at(-1)).toMatch(/^452 4\.5\.3/)
  })

  it('says its size, and takes nothing larger', async () => {
    const answers = await converse(['EHLO mx.example', `MAIL FROM:<> SIZE=${51 * 1024 * 1024}`])
    expect(answers.at(-1)).toMatch(/^552/)
    expect(await held()).toBe(0)
  })

  it('answers 451 while nothing can be written down, so that the sender comes again', async () => {
    await db.sql('ALTER TABLE inbound_mail RENAME TO elsewhere')
    const mail = ['Subject: x', '', 'y', '.'].join('\r\n')
    const answers = await converse([...begin, 'RCPT TO:<bounce@b.example>', 'DATA', mail])
    expect(answers.at(-1)).toMatch(/^451 4\.3\.0/)
    await db.sql('ALTER TABLE elsewhere RENAME TO inbound_mail')
    expect((await converse([...begin, 'RCPT TO:<bounce@b.example>', 'DATA', mail])).at(-1)).toMatch(/^250/)
    expect(await held()).toBe(1)
  })
})

describe('a network', () => {
  it('may hand in so many mails a minute; others and our own networks are free', () => {
    const limits = new PeerLimits(clock)
    const taken = () =>
      Array.from({ length: 700 }, (_, i) => limits.mail(`203.0.113.${i % 200}`)).filter(Boolean)
    expect(taken()).toHaveLength(600)
    expect([limits.mail('203.0.114.1'), limits.mail('127.0.0.1'), limits.mail('10.0.0.7')]).toEqual([
      true,
      true,
      true,
    ])
    clock.set('2026-07-01T09:00:30Z')
    expect(taken()).toHaveLength(300)
  })

  it('may have so many bytes kept, and all together some times as many', () => {
    const limits = new PeerLimits(clock)
    const halves = (ip: string, count: number) =>
      Array.from({ length: count }, () => {
        const taken = limits.mail(ip)
        if (taken) limits.kept(ip, 500_000)
        return taken
      }).filter(Boolean).length
    expect([halves('203.0.113.1', 200), halves('203.0.114.1', 200), halves('10.0.0.7', 1000)]).toEqual([
      80, 80, 240,
    ])
    expect([limits.mail('203.0.115.1'), limits.mail('10.0.0.7')]).toEqual([false, false])
    clock.set('2026-07-01T09:01:30Z')
    expect([limits.mail('203.0.115.1'), halves('203.0.113.1', 200)]).toEqual([true, 8])
  })

  it('may have so many connections at once', () => {
    const limits = new PeerLimits(clock)
    const open = (i: number) => limits.connect(`s${i}`, `2001:db8::${i}`)
    expect(Array.from({ length: 21 }, (_, i) => open(i)).filter(Boolean)).toHaveLength(20)
    limits.close('s3')
    expect([open(30), open(31)]).toEqual([true, false])
  })
})
