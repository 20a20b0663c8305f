/** The buttons of the desk: those that its templates have, and those that a browser pressed. */
import { readdir, readFile } from 'node:fs/promises'
import type { Page } from 'playwright-core'
import { dashboardPages } from '../../../src/http/desk/pages.js'

/** A button of a template; what it does, as a pattern, since paths are filled in. */
export type Button = { template: string; label: string; does: RegExp }

/** What a button said and did when it was pressed: a call, or where its form goes. */
export type Press = { label: string; does: string }

const folder = new URL('../../../templates/pages/admin/', import.meta.url)

/** Every button of every template of the desk, whatever state has to be for it to be shown. */
export async function buttonsOfTemplates(): Promise<Button[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.eta'))
  const found = names.map(async (name) => {
    const source = await readFile(new URL(name, folder), 'utf8')
    return buttonsIn(name.replace('.eta', ''), source.replaceAll(/<%[\s\S]*?%>/g, filledIn))
  })
  return (await Promise.all(found)).flat()
}

/** Stands for whatever a template fills in. */
const filledIn = '\u0001'

function buttonsIn(template: string, markup: string): Button[] {
  return [...markup.matchAll(/<button([^>]*)>([^<]*)<\/button>/g)].map((match) => {
    const before = markup.slice(0, match.index)
    const form = before.slice(before.lastIndexOf('</form>') + 1).match(/<form([^>]*)>/)?.[1] ?? ''
    const does = doneBy(match[1] ?? '', form, getPathOf(template))
    return { template, label: (match[2] ?? '').trim(), does: patternOf(does) }
  })
}

/** The same rule as {@link inPage} has, on markup. */
function doneBy(button: string, form: string, path: string): string {
  const of = (tag: string, name: string) =>
    new RegExp(`(?:^|\\s|${filledIn})${name}="([^"]*)"`).exec(tag)?.[1]
  const call = of(button, 'data-call') ?? of(form, 'data-form')
  if (call) return call
  if (of(button, 'data-move')) return `move ${of(button, 'data-move')}`
  if (of(button, 'data-order')) return `PUT ${of(button, 'data-order')}`
  if (of(form, 'data-upload')) return `POST ${of(form, 'data-upload')}`
  if (of(form, 'method') === 'dialog') return `dialog ${of(button, 'value')}`
  return `${of(form, 'method')} ${of(form, 'action') ?? path}`
}

function getPathOf(template: string): string {
  const page = dashboardPages.find((one) => one.template === template)
  return page ? `/admin${page.path}`.replaceAll(/:\w+/g, filledIn) : filledIn
}

const patternOf = (does: string): RegExp =>
  new RegExp(`^${does.replaceAll(/[.*+?()[\]\\^$|]/g, '\\$&').replaceAll(filledIn, '.+')}$`)

export const isPress = ({ label, does }: Button, press: Press): boolean =>
  does.test(press.does) && (label === press.label || press.does.startsWith('dialog'))

/** Notes every button that this page presses from now on. */
export async function watchPresses(page: Page): Promise<Press[]> {
  const presses: Press[] = []
  await page.exposeFunction('notePress', (press: Press) => void presses.push(press))
  await page.addInitScript(`(${inPage.toString()})()`)
  return presses
}

/** Runs in the browser. */
function inPage(): void {
  const scope = globalThis as unknown as {
    notePress(press: object): void
    location: { pathname: string }
    addEventListener(kind: string, heard: (event: { target: Element }) => void, capture: boolean): void
  }
  type Element = {
    closest(selector: string): Element | null
    getAttribute(name: string): string | null
    dataset: Record<string, string | undefined>
    textContent: string
    form: Element | null
  }
  const doneBy = (button: Element): string => {
    const { call, move, order } = button.dataset
    const form = button.form
    const target = call ?? form?.dataset['form']
    if (target) return target
    if (move) return `move ${move}`
    if (order) return `PUT ${order}`
    if (form?.dataset['upload']) return `POST ${form.dataset['upload']}`
    if (form?.getAttribute('method') === 'dialog') return `dialog ${button.getAttribute('value')}`
    return `${form?.getAttribute('method')} ${form?.getAttribute('action') ?? scope.location.pathname}`
  }
  const heard = (event: { target: Element }) => {
    const button = event.target.closest('button')
    if (button) scope.notePress({ label: button.textContent.trim(), does: doneBy(button) })
  }
  scope.addEventListener('click', heard, true)
}
