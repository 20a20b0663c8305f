/** Requests that HTTP cannot make sense of: answered without a word of them, and never logged. */
import type { Socket } from 'node:net'
import { STATUS_CODES } from 'node:http'
import type { Log } from '../../log.js'

type ClientFault = Error & { code?: string }

const statuses: Record<string, number> = {
  ERR_HTTP_REQUEST_TIMEOUT: 408,
  HPE_HEADER_OVERFLOW: 431,
  HPE_CHUNK_EXTENSIONS_OVERFLOW: 413,
}

/** The bytes that came stand in the fault, tokens and addresses among them: only its code is noted. */
export function answerMalformed(log: Log): (fault: ClientFault, socket: Socket) => void {
  return ({ code = 'none' }, socket) => {
    if (code === 'ECONNRESET' || socket.destroyed) return
    const status = statuses[code] ?? 400
    log.debug({ code, status }, 'a malformed request was refused')
    if (!socket.writable) {
      socket.destroy()
      return
    }
    const title = STATUS_CODES[status] ?? ''
    const body = JSON.stringify({ type: 'about:blank', title, status })
    socket.write(
      `HTTP/1.1 ${status} ${title}\r\nConnection: close\r\nContent-Type: application/problem+json\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
    )
    socket.destroySoon()
  }
}
