/** References to a paper, to be saved. */
import type { FastifyReply } from 'fastify'
import { Type } from 'typebox'
import { Problem } from '../../../errors.js'
import { isPaperId } from '../../../papers/arxiv-id.js'
import { readPaper } from '../../../papers/reads.js'
import type { Routes } from '../../contract/routes.js'
import { problems, textAnswer } from '../../contract/schemas.js'
import { bibtex, ris } from '../../../papers/cite.js'
import { paperPath } from '../queries/paper-view.js'

const forms = {
  bibtex: { write: bibtex, type: 'application/x-bibtex', ending: 'bib' },
  ris: { write: ris, type: 'application/x-research-info-systems', ending: 'ris' },
}

export const citeRoutes: Routes = async (app, { services }) => {
  async function cite(reply: FastifyReply, id: string, form: keyof typeof forms): Promise<FastifyReply> {
    const paper = isPaperId(id) ? await readPaper(services.db, id) : null
    if (!paper) throw new Problem('not-found', 'No such paper is kept.')
    const { write, type, ending } = forms[form]
    const name = `${id.replaceAll('/', '-')}.${ending}`
    return reply
      .type(`${type}; charset=utf-8`)
      .header('content-disposition', `attachment; filename="${name}"`)
      .header('cache-control', 'public, max-age=3600')
      .send(write(paper, services.config.publicUrl + paperPath(id)))
  }

  for (const form of ['bibtex', 'ris'] as const) {
    app.get(`/papers/:id/${form}`, { schema: schemaOf(form) }, (request, reply) =>
      cite(reply, request.params.id, form),
    )
    app.get(`/papers/:archive/:number/${form}`, { schema: oldSchemaOf(form) }, (request, reply) =>
      cite(reply, `${request.params.archive}/${request.params.number}`, form),
    )
  }
}

const names = { bibtex: 'BibTeX', ris: 'RIS' }

const answers = (form: keyof typeof forms) => ({
  200: textAnswer(forms[form].type, `An entry of ${names[form]}`),
  ...problems('not-found'),
})

const schemaOf = (form: keyof typeof forms) => ({
  summary: `A paper as ${names[form]}`,
  tags: ['papers'],
  params: Type.Object({ id: Type.String({ maxLength: 100, examples: ['2608.10000'] }) }),
  response: answers(form),
})

const oldSchemaOf = (form: keyof typeof forms) => ({
  summary: `A paper whose arXiv id is of the old kind as ${names[form]}`,
  tags: ['papers'],
  params: Type.Object({
    archive: Type.String({ maxLength: 50, examples: ['math'] }),
    number: Type.String({ maxLength: 50, examples: ['0309136'] }),
  }),
  response: answers(form),
})
