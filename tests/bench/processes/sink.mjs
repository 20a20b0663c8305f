/** An SMTP server that takes everything and keeps nothing: `node sink.mjs PORT`. */
import { createServer } from 'node:net'

const end = Buffer.from('\r\n.\r\n')
const greeting = '250-sink\r\n250-PIPELINING\r\n250 8BITMIME\r\n'

createServer((socket) => {
  let text = ''
  let inBody = false
  let tail = Buffer.alloc(0)
  socket.setNoDelay(true)
  socket.on('error', () => socket.destroy())
  socket.write('220 sink ESMTP\r\n')
  socket.on('data', (bytes) => {
    if (inBody) {
      tail = Buffer.concat([tail.subarray(-4), bytes])
      if (tail.indexOf(end) < 0) return
      inBody = false
      socket.write('250 2.0.0 Ok\r\n')
      return
    }
    text += bytes.toString('latin1')
    let replies = ''
    for (let at = text.indexOf('\r\n'); at >= 0 && !inBody; at = text.indexOf('\r\n')) {
      const word = text.slice(0, 4).toUpperCase()
      text = text.slice(at + 2)
      inBody = word === 'DATA'
      if (inBody) tail = Buffer.alloc(0)
      replies +=
        word === 'EHLO' ? greeting : inBody ? '354 go on\r\n' : word === 'QUIT' ? '221 bye\r\n' : '250 Ok\r\n'
    }
    socket.write(replies)
  })
}).listen(Number(process.argv[2]), '127.0.0.1')
