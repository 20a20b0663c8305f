/** Parts of route schemas that every route uses: problem answers, pages, lists. */
import { type TSchema, Type } from 'typebox'
import { problemKinds } from './problem.js'

const fault = Type.Object({
  in: Type.String({ description: 'body, querystring, params or headers' }),
  pointer: Type.String({ description: 'JSON pointer (RFC 6901) to the value' }),
  detail: Type.String(),
})

const problem = Type.Object(
  {
    type: Type.String({ format: 'uri' }),
    title: Type.String(),
    status: Type.Integer({ minimum: 400, maximum: 599 }),
    detail: Type.Optional(Type.String()),
    instance: Type.String({ description: 'The id of the request, as the log has it' }),
    errors: Type.Optional(Type.Array(fault)),
  },
  { description: 'Problem details (RFC 9457)' },
)

type Code = keyof typeof problemKinds
type Answer = { description: string; content: Record<string, { schema: TSchema; example?: unknown }> }

/**
 * The error answers of a route, by status: `response: { 200: …, ...problems('not-found') }`.
 * `internal`, `unavailable` and, since every route reads a URL, `invalid` are always among them.
 */
export function problems(...codes: Code[]): Record<number, Answer> {
  const all = new Set<Code>(['invalid', 'internal', 'unavailable', ...codes])
  return Object.fromEntries([...all].map((code) => [problemKinds[code].status, problemAnswer(code)]))
}

function problemAnswer(code: Code): Answer {
  const { status, title } = problemKinds[code]
  const example = {
    type: `https://papers.example/problems/${code}`,
    title,
    status,
    instance: exampleInstance,
  }
  return { description: title, content: { 'application/problem+json': { schema: problem, example } } }
}

const exampleInstance = 'urn:uuid:3f0b6f3e-6c7b-4d3e-9d55-0d0e8a3c2f11'

/** An answer that is one text of a type, such as a page or a feed. */
export function textAnswer(mediaType: string, description: string): Answer {
  return { description, content: { [mediaType]: { schema: Type.String() } } }
}

/** An answer of bytes, such as a picture. */
export const binaryAnswer = (mediaType: string, description: string): Answer => ({
  description,
  content: { [mediaType]: { schema: Type.Unsafe({ type: 'string', format: 'binary' }) } },
})

/** A page for people; its errors are pages too when the browser asks for HTML. */
export const htmlAnswer = (description: string): Answer => textAnswer('text/html', description)

/** Error answers of a page: problem+json for programs, the same as HTML for browsers. */
export function pageProblems(...codes: Code[]): Record<number, Answer> {
  const answers = Object.entries(problems(...codes)).map(([status, answer]) => [
    status,
    { ...answer, content: { ...answer.content, 'text/html': { schema: Type.String() } } },
  ])
  return Object.fromEntries(answers) as Record<number, Answer>
}

/** For the status 304. */
export const unchanged = { description: 'The caller has it already', type: 'null' }
/** For the status 301. */
export const moved = { description: 'It stands at another address', type: 'null' }
