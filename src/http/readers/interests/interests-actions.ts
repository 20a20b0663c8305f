/** What the buttons of the interests do, and the pages that answer. */
import type { FastifyReply, FastifyRequest } from 'fastify'
import { Problem } from '../../../errors.js'
import { counted } from '../../../format/readable.js'
import { readPersonal } from '../../../editions/personal/choosing/wishes.js'
import { readPaper } from '../../../papers/reads.js'
import type { Services } from '../../../services.js'
import { interestKinds, type InterestKind, longestLabel } from '../../../subscribers/interests/interest.js'
import { addInterests, readInterests, removeInterest } from '../../../subscribers/interests/interests.js'
import { removeExamples } from '../../../subscribers/interests/examples.js'
import { problemKinds } from '../../contract/problem.js'
import { type Fields, fieldsOf } from '../step/request.js'
import { showPage } from '../step/step.js'
import { followPage, type Subject } from './follow-page.js'
import { interestsPage, type Told } from './interests-page.js'
import { takeExamples } from './take-examples.js'

/** Answers with the page that the form stood on. */
export async function change(services: Services, request: FastifyRequest, reply: FastifyReply, id: number) {
  const fields = fieldsOf(request)
  try {
    return await show(services, reply, id, fields, { done: await act(services, id, fields) })
  } catch (error) {
    if (!(error instanceof Problem)) throw error
    const { status } = problemKinds[error.code]
    const told = { fault: error.message, kept: { kind: fields['kind'] ?? '', label: fields['label'] ?? '' } }
    return show(services, reply, id, fields, told, status)
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

/** What a page of the interests is about: one paper, a name that was searched for, or else all that they follow. */
export type About = { paper?: string | undefined; name?: string | undefined }

/** @throws Problem `not-found` for a paper that is not kept. */
export async function show(
  services: Services,
  reply: FastifyReply,
  id: number,
  about: About,
  told: Told = {},
  status = 200,
) {
  const interests = await readInterests(services.db, id)
  if (about.paper || about.name) {
    const page = followPage(await subjectOf(services, about), interests, told)
    return showPage(services, reply, 'pages/reader/follow.eta', page, status)
  }
  const { enabled } = await readPersonal(services.db)
  const page = interestsPage(interests, told, enabled)
  return showPage(services, reply, 'pages/reader/interests.eta', page, status)
}

async function subjectOf({ db }: Services, { paper: paperId, name = '' }: About): Promise<Subject> {
  if (!paperId) return { name: name.slice(0, longestLabel) }
  const paper = await readPaper(db, paperId)
  if (!paper) throw new Problem('not-found', 'This paper has not been on the list yet.')
  return { paper }
}
