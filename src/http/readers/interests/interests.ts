/** What a reader follows and mutes: the page, and the page of one paper's authors and topics. */
import type { FastifyReply, FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import { Problem } from '../../../errors.js'
import { counted } from '../../../format/readable.js'
import { knownExamples } from '../../../papers/examples/known.js'
import { referencesIn } from '../../../papers/examples/references.js'
import { readPaper } from '../../../papers/reads.js'
import type { Services } from '../../../services.js'
import { interestKinds, type InterestKind } from '../../../subscribers/interests/interest.js'
import {
  addExamples,
  addInterests,
  readInterests,
  removeExamples,
  removeInterest,
} from '../../../subscribers/interests/interests.js'
import { problemKinds } from '../../contract/problem.js'
import type { Routes } from '../../contract/routes.js'
import { htmlAnswer, pageProblems } from '../../contract/schemas.js'
import { closed } from '../preferences/closed.js'
import { isForeign, sessionOf } from '../preferences/session.js'
import { type Fields, fieldsOf } from '../step/request.js'
import { showPage, showStep } from '../step/step.js'
import { followPage } from './follow-page.js'
import { interestsPage, type Told } from './interests-page.js'

/** Of a file of references. */
const fileBytes = 2_000_000

export const interestRoutes: Routes = async (app, { services }) => {
  app.addHook('preHandler', async (request, reply) => {
    const foreign = request.method === 'POST' && isForeign(services, request)
    return foreign ? showStep(services, reply, closed) : undefined
  })
  app.get(
    '/preferences/interests',
    { schema: schemaOf('What the reader follows') },
    async (request, reply) => {
      const id = await sessionOf(services, request)
      return id === null ? showStep(services, reply, closed) : show(services, reply, id)
    },
  )
  app.get(
    '/preferences/follow',
    { schema: { ...schemaOf('What of a paper to follow'), querystring: Type.Object({ paper: paperId }) } },
    async (request, reply) => {
      const id = await sessionOf(services, request)
      if (id === null) return showStep(services, reply, closed)
      return showFollow(services, reply, id, request.query.paper)
    },
  )
  app.post(
    '/preferences/interests',
    {
      schema: schemaOf('Follow, mute, or neither'),
      config: { fileBytes },
      bodyLimit: fileBytes + 100_000,
    },
    async (request, reply) => {
      const id = await sessionOf(services, request)
      return id === null ? showStep(services, reply, closed) : change(services, request, reply, id)
    },
  )
}

/** Answers with the page that the form stood on. */
async function change(services: Services, request: FastifyRequest, reply: FastifyReply, id: number) {
  const fields = fieldsOf(request)
  const { paper } = fields
  try {
    const done = await act(services, id, fields)
    return paper ? showFollow(services, reply, id, paper, { done }) : show(services, reply, id, { done })
  } catch (error) {
    if (!(error instanceof Problem)) throw error
    const { status } = problemKinds[error.code]
    const told = { fault: error.message, kept: { kind: fields['kind'] ?? '', label: fields['label'] ?? '' } }
    return paper
      ? showFollow(services, reply, id, paper, told, status)
      : show(services, reply, id, told, status)
  }
}

/** @returns what was done, for the reader. */
async function act({ db, clock }: Services, id: number, fields: Fields): Promise<string> {
  const { action, kind, label = '' } = fields
  switch (action) {
    case 'remove': {
      const n = Number(fields['n'])
      const known = Number.isSafeInteger(n) && n > 0 && n < 2 ** 31
      if (known) await db.transaction('request', (tx) => removeInterest(tx, id, n))
      return 'Taken away.'
    }
    case 'forget-examples': {
      const gone = await db.transaction('request', (tx) => removeExamples(tx, id))
      return `${counted(gone, 'example')} taken away.`
    }
    case 'examples':
      return takeExamples({ db, clock }, id, fields)
    case 'follow':
    case 'mute': {
      if (!isKind(kind)) throw new Problem('unprocessable', 'Please choose what it is that you name.')
      const muted = action === 'mute'
      await db.transaction('request', (tx) => addInterests(tx, clock, id, [{ kind, label, muted }]))
      return muted ? `Muted: ${label}` : `You follow ${label} from the next edition on.`
    }
    default:
      throw new Problem('unprocessable', 'Please press one of the buttons.')
  }
}

const isKind = (kind: string | undefined): kind is Exclude<InterestKind, 'paper'> =>
  kind !== 'paper' && interestKinds.some((known) => known === kind)

async function takeExamples({ db, clock }: Pick<Services, 'db' | 'clock'>, id: number, fields: Fields) {
  const given = [fields['references'], fields['file']].filter((text) => text?.trim()).join('\n')
  if (given === '')
    throw new Problem('unprocessable', 'Please paste ids, links or references, or choose a file.')
  const { references, whole } = referencesIn(given)
  const { examples, ours, unknown } = await knownExamples(db, references)
  if (examples.length === 0) {
    throw new Problem(
      'unprocessable',
      'No paper was found in it. It takes arXiv ids and links, titles, BibTeX, RIS, and the CSV of Zotero.',
    )
  }
  const added = await db.transaction('request', (tx) => addExamples(tx, clock, id, examples))
  return [
    `${counted(added, 'new example')}: ${ours} of the ${counted(examples.length, 'paper')} found are in our archive, the others count by their own words.`,
    unknown > 0 ? `${counted(unknown, 'reference')} had neither a known id nor a title.` : '',
    whole ? '' : 'It was longer than we look at, so only its beginning was read.',
  ]
    .filter(Boolean)
    .join(' ')
}

async function show(services: Services, reply: FastifyReply, id: number, told: Told = {}, status = 200) {
  const page = interestsPage(await readInterests(services.db, id), told)
  return showPage(services, reply, 'pages/reader/interests.eta', page, status)
}

async function showFollow(
  services: Services,
  reply: FastifyReply,
  id: number,
  paperId: string,
  told: Told = {},
  status = 200,
) {
  const paper = await readPaper(services.db, paperId)
  if (!paper) throw new Problem('not-found', 'This paper has not been on the list yet.')
  const page = followPage(paper, await readInterests(services.db, id), told)
  return showPage(services, reply, 'pages/reader/follow.eta', page, status)
}

const paperId = Type.String({ maxLength: 100, examples: ['2608.10000'] })

const schemaOf = (summary: string) => ({
  summary,
  description:
    'Needs the cookie of the preferences. GET and HEAD change nothing. POST: `action` is follow or mute (with `kind` and `label`), remove (with `n`), examples (with `references` or a `file`), forget-examples.',
  tags: ['pages'],
  response: {
    200: htmlAnswer('The page'),
    ...pageProblems('unauthorized', 'not-found', 'gone', 'unprocessable', 'content-too-large'),
  },
})
