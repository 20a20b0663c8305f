/** The sign-up: one answer for every address, as JSON for programs and as a page for forms. */
import type { FastifyReply, FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import { Problem } from '../../errors.js'
import { frequencies, subscribe } from '../../subscribers/subscribe.js'
import { problemKinds } from '../problem.js'
import type { Routes } from '../routes.js'
import { problems, textAnswer } from '../schemas.js'
import { consentText } from './consent-text.js'
import { evidenceIn } from './request.js'
import { showPage, showStep, type Step } from './step.js'

export const signupRoutes: Routes = async (app, { services }) => {
  const { publication } = services.config
  app.post('/api/v1/subscribers', { schema, attachValidation: true }, async (request, reply) => {
    const form = isForm(request)
    try {
      if (request.validationError) throw request.validationError
      const { email, frequency, timezone, source } = request.body
      const evidence = evidenceIn(request, consentText(publication))
      await subscribe(services, { email, frequency, timezone, source }, evidence)
    } catch (error) {
      if (!form) throw error
      return showForm(services, reply, request.body, error)
    }
    return form ? showStep(services, reply, accepted) : reply.code(202).send({ status: 'accepted', message })
  })
}

const message = 'Look into your inbox: if the address can be mailed, a message there says how to go on.'

const body = Type.Object(
  {
    email: Type.String({ maxLength: 1000, examples: ['reader@example.org'] }),
    frequency: Type.Optional(Type.Union(frequencies.map((one) => Type.Literal(one)))),
    timezone: Type.Optional(Type.String({ maxLength: 100, examples: ['Europe/Paris'] })),
    source: Type.Optional(Type.String({ maxLength: 100, description: 'Where the form stood' })),
  },
  { additionalProperties: false },
)

const schema = {
  summary: 'Sign up',
  description:
    'Takes JSON or a form. The answer is the same for every address, known or not: what happens is told by mail to its owner alone. A form is answered with a page.',
  tags: ['subscribers'],
  consumes: ['application/json', 'application/x-www-form-urlencoded', 'multipart/form-data'],
  body,
  response: {
    202: {
      description: 'Taken, whatever is known about the address',
      content: {
        'application/json': {
          schema: Type.Object({ status: Type.Literal('accepted'), message: Type.String() }),
          example: { status: 'accepted', message },
        },
        ...textAnswer('text/html', '').content,
      },
    },
    ...problems('unprocessable', 'precondition-required', 'too-many-requests', 'unsupported-media-type'),
  },
}

function isForm(request: FastifyRequest): boolean {
  const type = request.headers['content-type'] ?? ''
  const accept = request.headers.accept ?? ''
  const asked = accept.includes('application/json') && !accept.includes('text/html')
  return /^(application\/x-www-form-urlencoded|multipart\/form-data)\b/i.test(type) && !asked
}

const accepted: Step = {
  status: 202,
  heading: 'Now look into your inbox',
  paragraphs: [
    'A mail is on its way to you. Press the button in it, and you are in.',
    'Nothing there after a few minutes? Look into the spam folder, and check the address for a slip of the finger.',
  ],
  links: [{ label: 'Read today’s papers meanwhile', href: '/' }],
}

type Body = { email?: unknown }

/** The form once more, with what was wrong. */
function showForm(
  services: Parameters<typeof showPage>[0],
  reply: FastifyReply,
  given: unknown,
  error: unknown,
): FastifyReply {
  const problem = error instanceof Problem ? error : null
  const validation = (error as { validation?: unknown } | null)?.validation
  if (!problem && !validation) throw error
  if (problem?.retryAfter !== undefined) reply.header('retry-after', problem.retryAfter)
  const email = (given as Body | null)?.email
  const page = {
    title: 'Please try again',
    fault: problem?.message ?? 'Please give an email address.',
    email: typeof email === 'string' ? email : '',
  }
  return showPage(
    services,
    reply,
    'pages/reader/signup.eta',
    page,
    problemKinds[problem?.code ?? 'unprocessable'].status,
  )
}
