/** Problem details (RFC 9457): which status, stable type and title each kind of refusal has. */
import { awayBy, awayWords } from '../../db/fitness/away.js'
import { Problem, type ProblemCode } from '../../errors.js'

type Kind = { status: number; title: string }

/** Refusals that only the HTTP edge knows, beside those of the domain. */
type EdgeCode =
  | 'content-too-large'
  | 'unsupported-media-type'
  | 'request-timeout'
  | 'uri-too-long'
  | 'internal'

export const problemKinds: Record<ProblemCode | EdgeCode, Kind> = {
  invalid: { status: 400, title: 'The request is not valid' },
  unauthorized: { status: 401, title: 'A valid key is needed' },
  forbidden: { status: 403, title: 'The key does not allow this' },
  'not-found': { status: 404, title: 'There is nothing here' },
  'request-timeout': { status: 408, title: 'The request took too long to arrive' },
  conflict: { status: 409, title: 'The present state does not allow this' },
  gone: { status: 410, title: 'This is no longer here' },
  'precondition-failed': { status: 412, title: 'It has changed in the meantime' },
  'content-too-large': { status: 413, title: 'The request is too large' },
  'uri-too-long': { status: 414, title: 'The address is too long' },
  'unsupported-media-type': { status: 415, title: 'This content type is not understood' },
  unprocessable: { status: 422, title: 'The request cannot be carried out' },
  'precondition-required': { status: 428, title: 'If-Match is needed' },
  'too-many-requests': { status: 429, title: 'Too many requests' },
  internal: { status: 500, title: 'Something went wrong on our side' },
  unavailable: { status: 503, title: 'The service is not available right now' },
}

export type ProblemBody = {
  /** An absolute URI that stays the same for this kind of refusal. */
  type: string
  title: string
  status: number
  detail?: string
  /** The request's id, as the log has it. */
  instance: string
  errors?: FieldFault[]
}

/** What is wrong with one value; the pointer is a JSON pointer (RFC 6901) into the part of the request. */
type FieldFault = { in: string; pointer: string; detail: string }

export type Refusal = {
  code: keyof typeof problemKinds
  detail?: string
  errors?: FieldFault[]
  retryAfter?: number
}

type FastifyFault = {
  statusCode?: number
  validation?: { instancePath?: string; message?: string; params?: Record<string, unknown> }[]
  validationContext?: string
  message: string
}

/** Seconds after which it is worth asking again, where nobody says otherwise. */
const usualWait = 5

/** What an error means to the caller: anything that nobody foresaw is `internal`, without details. */
export function refusalOf(error: unknown): Refusal {
  if (error instanceof Problem) return ofProblem(error)
  const fault = error as FastifyFault | null
  if (fault?.validation) return ofValidation(fault)
  const away = awayBy(error)
  if (away) return { code: 'unavailable', detail: awayWords[away], retryAfter: usualWait }
  const code = codeOfStatus(fault?.statusCode)
  // A 4xx of Fastify and its plugins speaks about the request, never about our insides.
  return code ? { code, detail: fault?.message ?? '' } : { code: 'internal' }
}

function ofProblem(problem: Problem): Refusal {
  const refusal: Refusal = { code: problem.code, detail: problem.message }
  const wait = problem.retryAfter ?? (problem.code === 'unavailable' ? usualWait : undefined)
  return wait === undefined ? refusal : { ...refusal, retryAfter: wait }
}

function ofValidation(fault: FastifyFault): Refusal {
  const part = fault.validationContext ?? 'request'
  const errors = (fault.validation ?? []).map((entry) => ({
    in: part,
    pointer: `${entry.instancePath ?? ''}${missing(entry.params)}`,
    detail: entry.message ?? 'is not valid',
  }))
  return { code: 'invalid', detail: fault.message, errors }
}

const missing = (params: Record<string, unknown> | undefined): string =>
  typeof params?.['missingProperty'] === 'string' ? `/${params['missingProperty']}` : ''

function codeOfStatus(status: number | undefined): Refusal['code'] | undefined {
  if (status === undefined || status < 400 || status > 499) return undefined
  const entries = Object.entries(problemKinds) as [Refusal['code'], Kind][]
  return entries.find(([, kind]) => kind.status === status)?.[0] ?? 'invalid'
}

/** The body of the answer; `publicUrl` is where the types are explained. */
export function problemBody(refusal: Refusal, publicUrl: string, requestId: string): ProblemBody {
  const { status, title } = problemKinds[refusal.code]
  return {
    type: `${publicUrl}/problems/${refusal.code}`,
    title,
    status,
    ...(refusal.detail ? { detail: refusal.detail } : {}),
    instance: `urn:uuid:${requestId}`,
    ...(refusal.errors ? { errors: refusal.errors } : {}),
  }
}
