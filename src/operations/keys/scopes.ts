/** What a key may do. */

/** A scope never holds another: who may write may read only when told so, and `*` is all of them. */
export const scopes = [
  'subscribers:read',
  'subscribers:write',
  'papers:read',
  'papers:write',
  'editions:read',
  'editions:write',
  'editions:send',
  'bounces:read',
  'bounces:write',
  'keys:write',
  'audit:read',
] as const

export type Scope = (typeof scopes)[number]
export type GrantedScope = Scope | '*'

export function isGrantedScope(text: string): text is GrantedScope {
  return text === '*' || scopes.some((scope) => scope === text)
}

/** Whether a key may do what is needed, or pass it on; `*` is passed on by `*` alone. */
export function allows(granted: readonly GrantedScope[], needed: GrantedScope): boolean {
  return granted.includes('*') || granted.includes(needed)
}
