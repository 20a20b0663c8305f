/** What anybody would write with nodemailer: a pool, and `sendMail` for each reader. Told all by its parent. */
import { createTransport } from 'nodemailer'

process.once('message', (told) => void sendAll(told))

async function sendAll({ port, messages, connections, mail, dkim }) {
  const transport = createTransport({
    host: '127.0.0.1',
    port,
    pool: true,
    maxConnections: connections,
    maxMessages: Number.POSITIVE_INFINITY,
    ignoreTLS: true,
    disableFileAccess: true,
    disableUrlAccess: true,
    ...(dkim ? { dkim } : {}),
  })
  let begun = 0
  const work = async (until) => {
    while (begun < until) {
      begun += 1
      const leave = `https://example.org/unsubscribe/${begun}`
      await transport.sendMail({
        from: 'Daily Papers <papers@example.org>',
        to: `r${begun}@one.example`,
        subject: mail.subject,
        html: mail.html.replaceAll('@@UNSUBSCRIBE_URL@@', leave),
        text: mail.text.replaceAll('@@UNSUBSCRIBE_URL@@', leave),
        list: { unsubscribe: leave },
        headers: { 'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click' },
      })
    }
  }
  const all = (until) => Promise.all(Array.from({ length: connections * 2 }, () => work(until)))
  await all(connections * 2)
  begun = 0
  const cpu = process.cpuUsage()
  const began = performance.now()
  await all(messages)
  const seconds = (performance.now() - began) / 1000
  const used = process.cpuUsage(cpu)
  process.send({ seconds, cpuMs: (used.user + used.system) / 1000 })
  transport.close()
  process.disconnect()
}
