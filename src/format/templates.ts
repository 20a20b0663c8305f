/** The one template engine of mail and pages; everything is escaped unless a template says otherwise. */
import { fileURLToPath } from 'node:url'
import { Eta } from 'eta'
import { escapeHtml } from './text/escape-html.js'

const eta = new Eta({
  views: fileURLToPath(new URL('../../templates/', import.meta.url)),
  defaultExtension: '',
  autoEscape: true,
  escapeFunction: (value) => escapeHtml(String(value)),
  cache: true,
})

/**
 * Fills in a template of `templates/`, such as `pages/day.eta`; inside it the data is `it`.
 * `<%= %>` escapes for HTML and XML, `<%~ %>` does not.
 */
export function renderTemplate(path: string, data: object): string {
  return eta.render(path, data)
}
