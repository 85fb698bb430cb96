// Templates as the composer offers them: both languages of one name together.
import { api, ask, type Schemas } from '../../api/client';
import { demandTemplate, plainTemplate } from './draft';

export interface Offered {
  readonly name: string;
  readonly hi: string | null;
  readonly en: string | null;
  readonly places: number;
  readonly category: string;
}

/** Where the provider's list is not known yet: our own two with one place for the words. */
function plain(name: string): Offered {
  return {
    name,
    hi: null,
    en: null,
    places: 1,
    category: name === plainTemplate('price') ? 'marketing' : 'utility',
  };
}

export async function offeredTemplates(): Promise<readonly Offered[]> {
  const params = { query: { status: 'approved', limit: 200 } as const };
  const page = await ask(api.GET('/api/templates', { params }));
  const all = new Map<string, Offered>();
  for (const name of [plainTemplate('notice'), plainTemplate('price')]) all.set(name, plain(name));
  for (const one of page.items) add(all, one);
  all.delete(demandTemplate);
  return [...all.values()];
}

function add(all: Map<string, Offered>, one: Schemas['Template']): void {
  const before = all.get(one.name);
  all.set(one.name, {
    name: one.name,
    hi: one.language.startsWith('hi') ? one.body : (before?.hi ?? null),
    en: one.language.startsWith('en') ? one.body : (before?.en ?? null),
    places: one.params,
    category: one.category,
  });
}
