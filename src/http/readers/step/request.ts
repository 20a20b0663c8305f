/** What the routes of readers take from a request: fields of any kind of form, and evidence. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { Problem } from '../../../errors.js'
import { storable } from '../../../format/text/storable.js'
import { type Evidence, evidenceOf } from '../../../subscribers/evidence.js'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Does its work whatever its body is like; one that is no form counts as empty. */
    anyBody?: boolean
    /** Bytes of the one file that the route's form may have; its text becomes a field. */
    fileBytes?: number
  }
}

/** Text fields by name; repeated names are left aside, and so are files where the route takes none. */
export type Fields = Record<string, string | undefined>

/**
 * Lets the routes of this plugin take urlencoded and multipart forms, and bodies that they ignore: a mail
 * provider's one-click POST (RFC 8058) must not fail for want of a content type that we know.
 */
export function takeAnyForm(app: FastifyInstance): void {
  app.addContentTypeParser('*', { parseAs: 'string' }, (_request, _body, done) => done(null, {}))
  app.addHook('preValidation', async (request, reply) => {
    if (request.isMultipart()) request.body = await multipartFields(request, reply)
  })
}

/** Bytes of a whole multipart body, as those of other forms. */
const largestForm = 64 * 1024

/** @throws Problem `invalid` for a body that its boundary does not divide, where the route minds. */
async function multipartFields(request: FastifyRequest, reply: FastifyReply): Promise<Fields> {
  try {
    return await Promise.race([readParts(request), overLimit(request)])
  } catch (error) {
    // What is left of the body is not read: the connection ends with the answer.
    reply.header('connection', 'close')
    request.raw.unpipe().pause()
    if (request.routeOptions.config.anyBody) return {}
    if (error instanceof Error && 'statusCode' in error) throw error
    throw new Problem('invalid', 'The body is not the multipart form that its header says.')
  }
}

/** Rejects as soon as more has come than a form may have. */
function overLimit(request: FastifyRequest): Promise<never> {
  return new Promise((_, reject) => {
    let size = 0
    request.raw.on('data', ({ length }: Buffer) => {
      size += length
      if (size > largestForm + fileBytes(request))
        reject(new request.server.multipartErrors.RequestFileTooLargeError())
    })
  })
}

const fileBytes = (request: FastifyRequest) => request.routeOptions.config.fileBytes ?? 0

async function readParts(request: FastifyRequest): Promise<Fields> {
  const fields: Fields = {}
  const fileSize = fileBytes(request)
  for await (const part of request.parts(fileSize > 0 ? { limits: { fileSize } } : {})) {
    if (part.type === 'file' && fileSize > 0) {
      fields[part.fieldname] = storable((await part.toBuffer()).toString('utf8'))
    } else if (part.type === 'file') part.file.resume()
    else if (typeof part.value === 'string') fields[part.fieldname] = storable(part.value)
  }
  return fields
}

/** The fields of a form's body; empty when there was none. */
export function fieldsOf(request: Pick<FastifyRequest, 'body'>): Fields {
  const body: unknown = request.body
  if (typeof body !== 'object' || body === null) return {}
  return Object.fromEntries(Object.entries(body).filter(([, value]) => typeof value === 'string'))
}

/** @param text - the words beside the button, if what is done needs consent. */
export function evidenceIn(request: FastifyRequest, text: string | null = null): Evidence {
  return evidenceOf(request.ip, request.headers['user-agent'], text)
}

/** Do Not Track, and Global Privacy Control. */
export const mayNotBeMeasured = ({ headers }: Pick<FastifyRequest, 'headers'>): boolean =>
  headers['dnt'] === '1' || headers['sec-gpc'] === '1'
