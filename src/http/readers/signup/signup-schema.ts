/** What a sign-up takes and answers, for checking and for the API's description. */
import { Type } from 'typebox'
import { frequencies } from '../../../subscribers/subscriber.js'
import { pageProblems, problems } from '../../contract/schemas.js'

export const accepted = {
  status: 'accepted' as const,
  message: 'Check your inbox: if the address can be mailed, a message there says how to go on.',
}

const body = Type.Object(
  {
    email: Type.String({ maxLength: 1000, examples: ['reader@example.org'] }),
    frequency: Type.Optional(Type.Union(frequencies.map((one) => Type.Literal(one)))),
    timezone: Type.Optional(Type.String({ maxLength: 100, examples: ['Europe/Paris'] })),
    source: Type.Optional(Type.String({ maxLength: 100, description: 'Where the form stood' })),
    nickname: Type.Optional(
      Type.String({ maxLength: 1000, description: 'Stays empty: a trap for programs' }),
    ),
    stamp: Type.Optional(Type.String({ maxLength: 100, description: 'When our own form was made' })),
    again: Type.Optional(
      Type.Literal('yes', {
        description: 'From a page of ours: no mail came, so a proof of work is asked for',
      }),
    ),
    sure: Type.Optional(
      Type.Literal('yes', {
        description: 'The address is right, though it looks mistyped: no question is asked',
      }),
    ),
    altcha: Type.Optional(
      Type.String({ maxLength: 4000, description: 'A solved challenge, as Base64; see the challenge' }),
    ),
  },
  { additionalProperties: false },
)

export const signupSchema = {
  summary: 'Sign up',
  description: `Takes JSON or a form. The answer is the same for every address, known or not: what happens is told by mail to its owner alone. A form is led on to a page (303), which asks first when the address looks mistyped. \`mailto:\` and \`Name <address>\` are understood.

An address is mailed at most once an hour, three times a day and five times without a click, then once a day for a proof of work; that it was not mailed again is not told. When very many sign up, the answer is 428 until a proof of work comes along as \`altcha\`.`,
  tags: ['subscribers'],
  consumes: ['application/json', 'application/x-www-form-urlencoded', 'multipart/form-data'],
  body,
  response: {
    202: {
      description: 'Taken, whatever is known about the address',
      headers: {
        RateLimit: { schema: { type: 'string' }, description: 'What is left to this network' },
        'RateLimit-Policy': { schema: { type: 'string' }, description: 'Sign-ups per hour and network' },
      },
      content: {
        'application/json': {
          schema: Type.Object({
            status: Type.Literal('accepted'),
            message: Type.String(),
            didYouMean: Type.Optional(
              Type.String({
                description:
                  'When the domain looks mistyped: the address that was probably meant. The one given was taken all the same',
              }),
            ),
          }),
          example: accepted,
        },
      },
    },
    303: {
      description:
        'To a form: taken, whatever is known about the address; or not taken yet, since the address looks mistyped',
      type: 'null',
    },
    ...pageProblems('unprocessable', 'precondition-required', 'too-many-requests', 'unsupported-media-type'),
  },
}

export const challengeSchema = {
  summary: 'A challenge for a proof of work',
  description:
    'ALTCHA, version 1: find the number from 0 to maxnumber for which the SHA-256 of salt and number is the challenge; send {algorithm, challenge, number, salt, signature} as Base64 of JSON. Good once, for ten minutes.',
  tags: ['subscribers'],
  response: {
    200: {
      description: 'The challenge',
      ...Type.Object({
        algorithm: Type.String(),
        challenge: Type.String(),
        maxnumber: Type.Optional(Type.Integer()),
        salt: Type.String(),
        signature: Type.String(),
      }),
    },
    ...problems(),
  },
}
