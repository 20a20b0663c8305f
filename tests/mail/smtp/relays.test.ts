/** Relays: what was accepted, refused, not reached or left in doubt, and what is done about it. */
import { createServer } from 'node:http'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { silentLog } from '../../../src/log.js'
import type { Attempted, Mailer } from '../../../src/mail/mailer/mailer.js'
import { Relays } from '../../../src/mail/smtp/relays.js'
import { type RelayStandIn, type Script, startRelay } from '../../support/relay-stand-in.js'

const message = [Buffer.from('Subject: x\r\n\r\n'), Buffer.from('body\r\n')]
const closing: (() => Promise<void>)[] = []

afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close()
})

async function relay(script: Script = {}, port = 0): Promise<RelayStandIn> {
  const standIn = await startRelay(script, port)
  closing.push(() => standIn.close())
  return standIn
}

function mailer(...urls: string[]): Mailer {
  const opened = new Relays(urls, silentLog)
  closing.push(() => opened.close())
  return opened
}

const send = (to: Mailer, name = 'ada', body = message): Promise<Attempted> =>
  to.send({ from: 'papers@example.org', to: `${name}@example.com` }, body)

const many = (to: Mailer, count: number): Promise<Attempted[]> =>
  Promise.all(Array.from({ length: count }, (_, at) => send(to, `reader${at}`)))

async function unusedPort(): Promise<number> {
  const standIn = await startRelay()
  await standIn.close()
  return standIn.port
}

describe('a relay', () => {
  test.for([['PIPELINING'], ['SIZE 100000'], []])('takes mail with extensions %j', async (extensions) => {
    const standIn = await relay({ extensions })
    const results = await many(mailer(standIn.url), 50)
    expect(results.every((result) => result.outcome === 'accepted' && result.code === 250)).toBe(true)
    expect(new Set(standIn.received.map(({ to }) => to)).size).toBe(50)
    expect(standIn.received[0]).toMatchObject({
      from: 'papers@example.org',
      message: 'Subject: x\r\n\r\nbody\r\n',
    })
    expect(standIn.connections.most).toBeLessThanOrEqual(20)
  })

  test.for([
    ['.', ['.'], '.\r\n'],
    ['a dot at the seam of two buffers', ['a\r\n', '.b\r\n..c', '\r\n.'], 'a\r\n.b\r\n..c\r\n.\r\n'],
    ['dots within lines', ['a.b\r\nc..d\r\n'], 'a.b\r\nc..d\r\n'],
    ['an empty buffer between', ['a\r\n', '', '.\r\n'], 'a\r\n.\r\n'],
  ] as const)('gets the bytes that were sent: %s', async ([, parts, expected]) => {
    const standIn = await relay()
    await send(
      mailer(standIn.url),
      'ada',
      parts.map((part) => Buffer.from(part)),
    )
    expect(standIn.received[0]?.message).toBe(expected)
  })

  test.for(['MAIL', 'RCPT', 'DATA'])('that refuses %s says so, and takes the next one', async (word) => {
    let refuse = true
    const standIn = await relay({
      command: (line) => {
        if (line.startsWith('RSET')) refuse = false
        if (refuse && line.startsWith(word)) return '550 5.1.1 <ada@example.com>: no such user'
        return refuse && word === 'MAIL' && !line.startsWith('EHLO') ? '503 5.5.1 no sender' : undefined
      },
    })
    const opened = mailer(`${standIn.url}?connections=1`)
    expect(await send(opened)).toMatchObject({
      outcome: 'refused',
      code: 550,
      enhanced: '5.1.1',
      reply: '5.1.1 <ada@example.com>: no such user',
      ...(word === 'MAIL' && { ofSender: true }),
    })
    expect(await send(opened, 'bob')).toMatchObject({ outcome: 'accepted' })
    expect(standIn.received.map(({ to }) => to).filter((to) => to.startsWith('bob'))).toHaveLength(1)
  })

  test('that takes DATA without a recipient gets an empty body, which goes nowhere', async () => {
    const standIn = await relay({
      command: (line) => {
        if (line.startsWith('DATA')) return '354 go on'
        return line.includes('ada@') ? '550 5.1.1 no such user' : undefined
      },
      body: ({ message }) => (message === '' ? '554 5.5.1 nobody' : '250 ok'),
    })
    const opened = mailer(`${standIn.url}?connections=1`)
    expect(await send(opened)).toMatchObject({ outcome: 'refused', code: 550 })
    expect(await send(opened, 'bob')).toMatchObject({ outcome: 'accepted' })
    expect(standIn.received.map(({ to }) => to)).toEqual(['bob@example.com'])
  })

  test.each([
    ['the body with 354', { body: () => '354 go on' }, 'in_doubt'],
    ['DATA with 250', { command: (line: string) => (line === 'DATA' ? '250 fine' : undefined) }, 'unreached'],
  ])('that answers %s is out of step, and nothing counts as accepted', async (_, script, outcome) => {
    const standIn = await relay(script)
    expect(await send(mailer(standIn.url))).toMatchObject({
      outcome,
      fault: expect.stringContaining('the relay answered out of step'),
    })
  })

  test('that refuses the body says so', async () => {
    const standIn = await relay({ body: ({ to }) => (to.startsWith('ada') ? '554 5.7.1 spam' : '250 ok') })
    const opened = mailer(`${standIn.url}?connections=1`)
    expect(await send(opened)).toMatchObject({ outcome: 'refused', code: 554, enhanced: '5.7.1' })
    expect(await send(opened, 'bob')).toMatchObject({ outcome: 'accepted' })
  })

  test('that hangs up after the final dot leaves the mail in doubt, and it is not sent again', async () => {
    const standIn = await relay({ body: ({ to }) => (to.startsWith('ada') ? 'DROP' : '250 ok') })
    const opened = mailer(standIn.url)
    expect(await send(opened)).toMatchObject({ outcome: 'in_doubt' })
    expect(await send(opened, 'bob')).toMatchObject({ outcome: 'accepted' })
    expect(standIn.received).toHaveLength(2)
  })

  test('that never answers the final dot leaves the mail in doubt', async () => {
    const standIn = await relay({ body: () => 'HANG' })
    expect(await send(mailer(`${standIn.url}?timeout=1`))).toMatchObject({ outcome: 'in_doubt' })
  })

  test('that hangs up within the body has not got the mail', async () => {
    const standIn = await relay({ dropAfterBytes: () => 100_000 })
    const large = [Buffer.alloc(64 * 1024 * 1024, 'a long line\r\n')]
    const opened = mailer(standIn.url)
    standIn.commands.length = 0
    const result = await send(opened, 'ada', [Buffer.concat(large).subarray(0, 9_000_000)])
    expect(result).toMatchObject({ outcome: 'refused', code: 451, enhanced: '4.4.2' })
  })

  test('that closed an idle connection is asked on another one', async () => {
    const standIn = await relay({
      command: (line, connection) =>
        connection === 1 && line.includes('second') ? '421 4.4.2 idle too long' : undefined,
    })
    const opened = mailer(`${standIn.url}?connections=1`)
    await opened.send({ from: 'first@example.org', to: 'ada@example.com' }, message)
    const result = await opened.send({ from: 'second@example.org', to: 'ada@example.com' }, message)
    expect(result).toMatchObject({ outcome: 'accepted' })
    expect(standIn.connections.opened).toBe(2)
  })

  test('gets no more messages on a connection and no more connections than it should', async () => {
    const standIn = await relay()
    await many(mailer(`${standIn.url}?connections=3&messages=5`), 45)
    const counts = new Map<number, number>()
    for (const { connection } of standIn.received) counts.set(connection, (counts.get(connection) ?? 0) + 1)
    expect(standIn.connections.most).toBeLessThanOrEqual(3)
    expect(Math.max(...counts.values())).toBe(5)
  })

  test('that takes only two connections gets all the mail over two', async () => {
    let open = 0
    const standIn = await relay({ greeting: () => ((open += 1) > 2 ? '421 too many connections' : '220 hi') })
    const results = await many(mailer(standIn.url), 40)
    expect(results.filter(({ outcome }) => outcome === 'accepted')).toHaveLength(40)
  })

  test('gets mail at its rate', async () => {
    const standIn = await relay()
    const began = performance.now()
    await many(mailer(`${standIn.url}?rate=50`), 26)
    expect(performance.now() - began).toBeGreaterThan(480)
  })
})

describe('addresses', () => {
  test.for(['a\r\nRCPT TO:<eve@example.com>', 'a b@example.com', 'a>@example.com', ''])(
    'that are none are refused here: %j',
    async (to) => {
      const standIn = await relay()
      const result = await mailer(standIn.url).send({ from: 'p@example.org', to }, message)
      expect(result).toMatchObject({ outcome: 'refused', code: 553, enhanced: '5.1.3' })
      expect(standIn.connections.opened).toBe(0)
    },
  )

  test('beyond ASCII go where SMTPUTF8 is spoken, and are refused elsewhere', async () => {
    const able = await relay({ extensions: ['PIPELINING', '8BITMIME', 'SMTPUTF8'] })
    const unable = await relay()
    const envelope = { from: 'p@example.org', to: 'jürgen@example.com' }
    expect(await mailer(able.url).send(envelope, message)).toMatchObject({ outcome: 'accepted' })
    expect(able.commands).toContain('MAIL FROM:<p@example.org> BODY=8BITMIME SMTPUTF8')
    expect(await mailer(unable.url).send(envelope, message)).toMatchObject({
      outcome: 'refused',
      enhanced: '5.6.7',
    })
  })

  test('a message larger than the relay takes is refused here', async () => {
    const standIn = await relay({ extensions: ['SIZE 10'] })
    expect(await send(mailer(standIn.url))).toMatchObject({ outcome: 'refused', enhanced: '5.3.4' })
  })
})

describe('a relay out of reach', () => {
  test('harms no mail, says so, and is used again by itself', async () => {
    const port = await unusedPort()
    const opened = mailer(`smtp://127.0.0.1:${port}`)
    expect(opened.capacity()).toBe(20)
    expect(await send(opened)).toMatchObject({ outcome: 'unreached' })
    expect(opened.capacity()).toBe(0)
    expect(opened.health()).toMatchObject([
      { name: `127.0.0.1:${port}`, state: 'down', fault: expect.stringContaining('ECONNREFUSED') },
    ])
    const standIn = await relay({}, port)
    await vi.waitFor(() => expect(opened.capacity()).toBeGreaterThan(0), 5000)
    expect(opened.health()).toMatchObject([{ state: 'up', fault: null }])
    const results = await many(opened, 40)
    expect(results.every(({ outcome }) => outcome === 'accepted')).toBe(true)
    expect(opened.capacity()).toBe(20)
    expect(standIn.received).toHaveLength(40)
  })

  test('by a refused login is the same', async () => {
    const standIn = await relay({
      extensions: ['AUTH PLAIN'],
      command: (line) => (line.startsWith('AUTH') ? '535 5.7.8 wrong password' : undefined),
    })
    const opened = mailer(standIn.url.replace('//', '//ada%40x:secret@'))
    expect(await send(opened)).toMatchObject({ outcome: 'unreached' })
    expect(opened.capacity()).toBe(0)
    const [health] = opened.health()
    expect(health?.fault).toContain('535 5.7.8 wrong password')
    expect(JSON.stringify(health)).not.toMatch(/ada|secret/)
  })

  test('by a login that is right is used', async () => {
    const standIn = await relay({
      extensions: ['AUTH PLAIN', 'PIPELINING'],
      command: (line) => {
        if (!line.startsWith('AUTH')) return undefined
        const login = Buffer.from(line.split(' ')[2] ?? '', 'base64').toString()
        return login === '\0ada@x\0se cret' ? '235 2.7.0 welcome' : '535 no'
      },
    })
    const opened = mailer(standIn.url.replace('//', '//ada%40x:se%20cret@'))
    expect(await send(opened)).toMatchObject({ outcome: 'accepted' })
  })

  test('that loses every message is taken out of use', async () => {
    const standIn = await relay({ body: () => 'DROP' })
    const opened = mailer(`${standIn.url}?connections=1`)
    for (let count = 0; count < 5; count += 1) await send(opened)
    expect(opened.capacity()).toBe(0)
    expect(standIn.received).toHaveLength(5)
  })
})

describe('a proxy', () => {
  test('is gone through, and a relay behind one that refuses is out of reach', async () => {
    const standIn = await relay()
    const asked: string[] = []
    const proxy = createServer().on('connect', (request, socket: Socket) => {
      asked.push(request.url ?? '')
      if (request.url !== `127.0.0.1:${standIn.port}`) return socket.end('HTTP/1.1 403 Forbidden\r\n\r\n')
      const onward = connect(standIn.port, '127.0.0.1', () => socket.write('HTTP/1.1 200 OK\r\n\r\n'))
      onward.on('error', () => socket.destroy())
      socket.on('error', () => onward.destroy())
      return socket.pipe(onward).pipe(socket)
    })
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve))
    closing.push(() => new Promise((resolve) => proxy.close(() => resolve())))
    const through = `proxy=http%3A%2F%2F127.0.0.1%3A${(proxy.address() as AddressInfo).port}`
    expect(await send(mailer(`${standIn.url}?${through}`))).toMatchObject({ outcome: 'accepted' })
    expect(asked).toEqual([`127.0.0.1:${standIn.port}`])
    expect(await send(mailer(`smtp://127.0.0.1:1?${through}`))).toMatchObject({ outcome: 'unreached' })
  })
})

describe('several relays', () => {
  test('share by weight', async () => {
    const [one, three] = [await relay(), await relay()]
    const opened = mailer(`${one.url}?weight=1`, `${three.url}?weight=3`)
    for (let count = 0; count < 40; count += 1) await send(opened)
    expect([one.received.length, three.received.length]).toEqual([10, 30])
  })

  test('stand in for one another, and nothing is sent twice', async () => {
    const dead = `smtp://127.0.0.1:${await unusedPort()}`
    const alive = await relay()
    const results = await many(mailer(dead, alive.url), 60)
    expect(results.every(({ outcome }) => outcome === 'accepted')).toBe(true)
    expect(new Set(alive.received.map(({ to }) => to)).size).toBe(60)
    expect(alive.received).toHaveLength(60)
  })

  test('a refusal and a doubt stay with the relay that had them', async () => {
    const first = await relay({ body: ({ to }) => (to.startsWith('ada') ? 'DROP' : '451 4.3.0 later') })
    const second = await relay()
    const opened = mailer(`${first.url}?weight=1`, `${second.url}?weight=0`)
    expect(await send(opened)).toMatchObject({ outcome: 'in_doubt' })
    expect(await send(opened, 'bob')).toMatchObject({ outcome: 'refused', code: 451 })
    expect(second.received).toHaveLength(0)
  })

  test('one of weight 0 stands by until no other is up', async () => {
    const dead = `smtp://127.0.0.1:${await unusedPort()}`
    const spare = await relay()
    expect(await send(mailer(dead, `${spare.url}?weight=0`))).toMatchObject({ outcome: 'accepted' })
  })
})
