/** A stand-in of arXiv's API on loopback: answers about the papers it is given, in Atom. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

export type ArxivPaper = {
  title: string
  abstract?: string
  authors?: string[]
  version?: number
  comment?: string
}

export type ArxivStandIn = {
  url: string
  /** The ids of each request, in order, and when it came. */
  requests: { ids: string[]; at: number }[]
  /** Answers so from now on, instead of a feed. */
  answer: { status: number; body: string } | null
  close(): Promise<void>
}

export async function startArxivStandIn(papers: Record<string, ArxivPaper>): Promise<ArxivStandIn> {
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://stand-in')
    const ids = (url.searchParams.get('id_list') ?? '').split(',')
    standIn.requests.push({ ids, at: performance.now() })
    const known = ids.flatMap((id) => (papers[id] ? [entryXml(id, papers[id])] : []))
    const { status, body } = standIn.answer ?? { status: 200, body: feedXml(known) }
    response.writeHead(status, { 'content-type': 'application/atom+xml' }).end(body)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const standIn: ArxivStandIn = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests: [],
    answer: null,
    close: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
  return standIn
}

function feedXml(entries: string[]): string {
  return `<?xml version="1.0" encoding="UTF-8"?>
<feed xmlns="http://www.w3.org/2005/Atom" xmlns:arxiv="http://arxiv.org/schemas/atom"><title>ArXiv Query</title>
${entries.join('\n')}</feed>`
}

function entryXml(
  id: string,
  { title, abstract = '', authors = [], version = 1, comment = '' }: ArxivPaper,
): string {
  return `<entry><id>http://arxiv.org/abs/${id}v${version}</id><published>2026-07-16T17:59:37Z</published>
<title>${title}</title><summary>${abstract}</summary>
${authors.map((name) => `<author><name>${name}</name></author>`).join('')}
<arxiv:comment>${comment}</arxiv:comment><arxiv:primary_category term="cs.LG"/><category term="cs.LG"/></entry>`
}
